/** What an e-mail code opens where the account has a passkey, by the option `afterCode` (requirements S1 and S52). */
import type { Test as SupertestRequest } from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPasskeyGuard, type PasskeysOptions } from "../../../server/passkeys/index.ts";
import { actions } from "../../../shared/actions.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { faults, only } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

let lab: Lab;
let policy: Partial<PasskeysOptions>;
beforeAll(async () => {
  policy = { afterCode: "limited", stepUpActions: ["pay"] };
  lab = await startLab({
    tenant: { limits: "off" },
    host: {
      options: policy,
      routes(app, requireStepUp, options) {
        app.post("/payees", createPasskeyGuard(options)(), (_req, res) => void res.json({ added: true }));
        app.post("/pay", requireStepUp("pay"), (_req, res) => void res.json({ paid: true }));
      },
    },
  });
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

/** A person with a passkey, and a browser in which they, or a reader of their mailbox, came by code. */
async function byCode(): Promise<Person & { limited: Agent; passkeyId: string }> {
  const person = await lab.person("passkey");
  const limited = lab.agent();
  await lab.signInWithOtp(limited, person.user.email);
  const { body } = await person.agent.get(api("listPasskeys")).expect(200);
  return { ...person, limited, passkeyId: body[0].id };
}

async function sessionOf(agent: Agent) {
  const { idleSeconds, ...session } = (await agent.get(api("getSession")).expect(200)).body;
  expect(idleSeconds).toBe(1800);
  return session;
}

describe("a code for an account with a passkey", () => {
  test("opens a limited session, says so, and offers no passkey", async () => {
    const person = await lab.person("passkey");
    const agent = lab.agent();
    await agent.post(api("challengeOtp")).send({ email: person.user.email }).expect(202);
    const code = await lab.readCode(person.user.email);
    const answer = await agent.post(api("verifyOtp")).send({ code, passkeyFailed: true }).expect(200);
    expect(answer.body).toEqual({ user: person.user, offerPasskey: false, assurance: "limited" });
    expect(await sessionOf(agent)).toEqual({ user: person.user, assurance: "limited" });
  });

  test("lets the person see what is going on", async () => {
    const { limited, user } = await byCode();
    expect((await limited.get(api("listPasskeys")).expect(200)).body).toHaveLength(1);
    expect((await limited.get(api("listSessions")).expect(200)).body).toHaveLength(2);
    expect((await sessionOf(limited)).user).toEqual(user);
  });

  test.each<[string, (at: { limited: Agent; passkeyId: string; other: string }) => SupertestRequest]>([
    ["adding a passkey", ({ limited }) => limited.post(api("createEnrollToken")).send({})],
    ["deleting a passkey", ({ limited, passkeyId }) => limited.delete(`/api/passkeys/${passkeyId}`)],
    [
      "renaming a passkey",
      ({ limited, passkeyId }) => limited.patch(`/api/passkeys/${passkeyId}`).send({ name: "Mine" }),
    ],
    ["ending another session", ({ limited, other }) => limited.delete(`/api/sessions/${other}`)],
    ["ending all other sessions", ({ limited }) => limited.delete(api("endOtherSessions"))],
    ["cancelling a recovery", ({ limited }) => limited.delete(api("cancelRecovery"))],
    ["a guarded route of the host", ({ limited }) => limited.post("/payees")],
  ])("does not permit %s", async (_, attempt) => {
    const { limited, passkeyId, agent } = await byCode();
    const { body } = await agent.get(api("listSessions")).expect(200);
    const refused = await attempt({ limited, passkeyId, other: body[0].id }).expect(403);
    expect(refused.body.code).toBe("limited_session");
    expect(refused.body.stepUp).toEqual({ action: actions.managePasskeys, methods: ["passkey"] });
    expect((await sessionOf(agent)).user).not.toBeNull();
    expect((await agent.get(api("listPasskeys")).expect(200)).body).toHaveLength(1);
  });

  test("permits signing out, and ending one's own session", async () => {
    const { limited, user } = await byCode();
    const { body } = await limited.get(api("listSessions")).expect(200);
    await limited.delete(`/api/sessions/${body[0].id}`).expect(204);
    await lab.signInWithOtp(limited, user.email);
    await limited.delete(api("deleteSession")).expect(204);
  });

  test("does not lift the limit by a second code", async () => {
    const { limited, user } = await byCode();
    lab.advance(60_000);
    await lab.signInWithOtp(limited, user.email);
    expect((await sessionOf(limited)).assurance).toBe("limited");
    await limited.post("/payees").expect(403);
  });

  test("confirms nothing in a full session either", async () => {
    const { agent, user } = await byCode();
    lab.advance(11 * 60_000);
    await lab.signInWithOtp(agent, user.email);
    expect(await sessionOf(agent)).toEqual({ user });
    const refused = await agent.post(api("createEnrollToken")).send({}).expect(403);
    expect(refused.body.code).toBe("step_up_required");
    expect(refused.body.stepUp.methods).toEqual(["passkey"]);
  });

  test("gives a limited session also when Authsignal does not say what the user has", async () => {
    const person = await lab.person("passkey");
    const agent = lab.agent();
    await agent.post(api("challengeOtp")).send({ email: person.user.email }).expect(202);
    const code = await lab.readCode(person.user.email);
    lab.line.fail(only(/\/authenticators$/, faults["answers 500"]));
    const answer = await agent.post(api("verifyOtp")).send({ code }).expect(200);
    expect(answer.body.assurance).toBe("limited");
    await agent.post("/payees").expect(503);
    lab.line.fail(null);
    await agent.post("/payees").expect(403);
  });
});

describe("a limited session becomes full", () => {
  test("by a step-up, with everything that it was asked for before", async () => {
    const { limited, authenticator, user, passkeyId } = await byCode();
    await lab.proveAgain({ agent: limited, authenticator });
    expect(await sessionOf(limited)).toEqual({ user });
    await limited.post("/payees").expect(200);
    await lab.enrollPasskey(limited, createSoftAuthenticator());
    await limited.delete(`/api/passkeys/${passkeyId}`).expect(204);
  });

  test("by the step-up for an action of the host", async () => {
    const { limited, authenticator } = await byCode();
    await lab.proveAgain({ agent: limited, authenticator }, { action: "pay" });
    await limited.post("/pay").expect(200);
    await limited.post("/payees").expect(200);
  });

  test("by a sign-in with the passkey", async () => {
    const { limited, authenticator, user } = await byCode();
    await lab.signInWithPasskey(limited, authenticator);
    expect(await sessionOf(limited)).toEqual({ user });
    await limited.post("/payees").expect(200);
  });

  test("without a request that was slower bringing the limit back", async () => {
    const { limited, authenticator, user } = await byCode();
    const slow = Array.from({ length: 8 }, () => limited.get(api("listPasskeys")));
    const [, ...answers] = await Promise.all([lab.proveAgain({ agent: limited, authenticator }), ...slow]);
    for (const { status } of answers) expect([200, 401]).toContain(status);
    expect(await sessionOf(limited)).toEqual({ user });
    await limited.post("/payees").expect(200);
  });

  test("when the last passkey is gone", async () => {
    const { agent, limited, passkeyId } = await byCode();
    await lab.signInWithOtp(agent, (await sessionOf(agent)).user.email);
    await agent.delete(`/api/passkeys/${passkeyId}`).expect(403);
    await lab.authsignal.removePasskey({ userId: (await sessionOf(agent)).user.id, passkeyId });
    await limited.post("/payees").expect(200);
  });
});

describe("a code for an account without a passkey", () => {
  test("opens a full session, which adds a passkey and stays full", async () => {
    const person = await lab.person();
    expect(await sessionOf(person.agent)).toEqual({ user: person.user });
    await person.agent.post("/payees").expect(200);
    await lab.enrollPasskey(person.agent, person.authenticator);
    expect(await sessionOf(person.agent)).toEqual({ user: person.user });
    await person.agent.post("/payees").expect(200);
  });
});

describe("the guard", () => {
  test("refuses a visitor", async () => {
    const refused = await lab.agent().post("/payees").expect(401);
    expect(refused.body.code).toBe("not_authenticated");
  });
});

test("With `afterCode: full` a code opens everything, and there is no recovery", async () => {
  const own = await startLab();
  const person = await own.person("passkey");
  const agent = own.agent();
  await own.signInWithOtp(agent, person.user.email);
  expect(await sessionOf(agent)).toEqual({ user: person.user });
  await agent.post(api("createEnrollToken")).send({}).expect(200);
  const absent = await agent.post(api("beginRecovery")).send({}).expect(404);
  expect(absent.body.code).toBe("not_found");
  await agent.delete(api("cancelRecovery")).expect(404);
  const { body } = await agent.get("/api/openapi.json").expect(200);
  expect(Object.keys(body.paths)).not.toContain("/recovery");
  expect(Object.keys((await lab.agent().get("/api/openapi.json").expect(200)).body.paths)).toContain(
    "/recovery",
  );
  await own.close();
});
