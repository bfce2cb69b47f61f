/** The signed-in person deletes the account for good. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { actions } from "../../../shared/actions.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { faults, only } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ tenant: { limits: "off" } });
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

const userOf = async (agent: Agent) => (await agent.get(api("getSession")).expect(200)).body.user;

describe("deleting the account", () => {
  test("signs out everywhere, and leaves neither the user nor a passkey that signs in", async () => {
    const { agent, authenticator, user } = await lab.person("passkey");
    const elsewhere = lab.agent();
    await lab.signInWithPasskey(elsewhere, authenticator);
    await agent.delete(api("deleteAccount")).expect(204);
    for (const one of [agent, elsewhere]) expect(await userOf(one)).toBeNull();
    await expect(lab.signInToken(authenticator)).rejects.toMatchObject({ errorCode: "unknown_credential" });
    expect(await lab.authsignal.listAuthenticators(user.id)).toEqual({ passkeys: [], others: [] });
    const rows = await lab.storage.accounts
      .selectFrom("users")
      .selectAll()
      .where("id", "=", user.id)
      .execute();
    expect(rows).toEqual([]);
  });

  test("gives the address to a new account at the next code, with nothing of the old one", async () => {
    const { agent, user } = await lab.person("passkey");
    await agent.delete(api("deleteAccount")).expect(204);
    const again = lab.agent();
    lab.advance(60_000);
    const opened = await lab.signInWithOtp(again, user.email);
    expect(opened.email).toBe(user.email);
    expect(opened.id).not.toBe(user.id);
    expect((await again.get(api("listPasskeys")).expect(200)).body).toEqual([]);
  });

  test("leaves other people as they are", async () => {
    const [person, other] = [await lab.person("passkey"), await lab.person("passkey")];
    await person.agent.delete(api("deleteAccount")).expect(204);
    expect(await userOf(other.agent)).toEqual(other.user);
    await lab.signInWithPasskey(lab.agent(), other.authenticator);
  });

  test("needs a session", async () => {
    const refused = await lab.agent().delete(api("deleteAccount")).expect(401);
    expect(refused.body.code).toBe("not_authenticated");
  });

  test("needs a fresh proof, and succeeds after a step-up", async () => {
    const person = await lab.person("passkey");
    lab.advance(11 * 60_000);
    const refused = await person.agent.delete(api("deleteAccount")).expect(403);
    expect(refused.body.code).toBe("step_up_required");
    expect(refused.body.stepUp.action).toBe(actions.managePasskeys);
    expect(await userOf(person.agent)).toEqual(person.user);
    await lab.proveAgain(person);
    await person.agent.delete(api("deleteAccount")).expect(204);
  });

  test("twice at the same time deletes once and is never a 5xx", async () => {
    const { agent } = await lab.person("passkey");
    const answers = await Promise.all(Array.from({ length: 5 }, () => agent.delete(api("deleteAccount"))));
    for (const { status } of answers) expect([204, 401]).toContain(status);
    expect(answers.some(({ status }) => status === 204)).toBe(true);
    expect(await userOf(agent)).toBeNull();
  });

  test("in an outage of Authsignal is a 503 that leaves the account, and the next try succeeds", async () => {
    const { agent, user } = await lab.person("passkey");
    lab.line.fail(only(/^\/users\/[^/]+$/, faults["answers 500"], "DELETE"));
    await agent.delete(api("deleteAccount")).expect(503);
    expect(await userOf(agent)).toEqual(user);
    lab.line.fail(null);
    await agent.delete(api("deleteAccount")).expect(204);
  });
});

test("A step-up that begins while the account is deleted leaves no user at Authsignal", async () => {
  const own = await startLab({
    tenant: { limits: "off" },
    host: {
      options: {
        users: {
          findById: (id) => users().findById(id),
          findOrCreateByEmail: (email) => users().findOrCreateByEmail(email),
          async deleteUser(id) {
            // The passkeys are gone at Authsignal already, and the row is still there.
            await begin();
            await users().deleteUser(id);
          },
        },
      },
    },
  });
  const users = () => createSqlUsers(own.storage.accounts, () => new Date());
  let begin: () => PromiseLike<unknown> = async () => {};
  try {
    const { agent, user } = await own.person("passkey");
    const isAtAuthsignal = () => {
      const tenants = Object.values(own.emulator.exportState().tenants);
      return JSON.stringify(tenants.map((dump: object) => Reflect.get(dump, "users"))).includes(user.id);
    };
    expect(isAtAuthsignal()).toBe(true);
    begin = () => agent.post(api("createStepUpToken")).send({ action: actions.managePasskeys });
    await agent.delete(api("deleteAccount")).expect(204);
    expect(isAtAuthsignal()).toBe(false);
  } finally {
    await own.close();
  }
});

test("In a limited session the account cannot be deleted", async () => {
  const own = await startLab({ policies: { afterCode: "limited" } });
  const person = await own.person("passkey");
  const limited = own.agent();
  await own.signInWithOtp(limited, person.user.email);
  const refused = await limited.delete(api("deleteAccount")).expect(403);
  expect(refused.body.code).toBe("limited_session");
  expect(await userOf(person.agent)).toEqual(person.user);
  await own.close();
});

test("Without `users.deleteUser` there is no route that deletes the account", async () => {
  const other = await startLab();
  const { deleteUser: _, ...users } = createSqlUsers(other.storage.accounts, () => new Date());
  const own = await startLab({ host: { options: { users } } });
  const { body } = await own.agent().delete(api("deleteAccount")).expect(404);
  expect(body.code).toBe("not_found");
  const description = await own.agent().get("/api/openapi.json").expect(200);
  expect(Object.keys(description.body.paths)).not.toContain("/account");
  await own.close();
  await other.close();
});
