/**
 * What appears at Authsignal past this API, or before its finish here: the audit trail tells of it once, a finish takes
 * only what it began, and a registration is never a step-up (S45).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

const transfer = "transfer-funds";
let lab: Lab;
beforeAll(async () => {
  lab = await startLab({
    host: {
      options: { stepUpActions: [transfer] },
      routes: (app, requireStepUp) =>
        void app.post("/transfer", requireStepUp(transfer), (_req, res) => void res.json({ ok: true })),
    },
  });
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

/** The events about this person's authenticators, oldest first. */
function told(userId: string) {
  return lab
    .events()
    .filter((event) => "userId" in event && event.userId === userId)
    .filter(({ event }) => /^(passkey|authenticator)\./.test(event));
}

function names(userId: string): readonly string[] {
  return told(userId).map(({ event }) => event);
}

/** Makes a passkey with a track or result token, past this API: what the holder of one can do. */
async function register(token: string, authenticator = createSoftAuthenticator()): Promise<string> {
  const resultToken = await lab.clientApi(authenticator).signUp({ token });
  lab.keepSecret(token, resultToken);
  return resultToken;
}

async function beginStepUp({ agent }: Pick<Person, "agent">, action: string): Promise<string> {
  const { body } = await agent.post(api("createStepUpToken")).send({ action }).expect(200);
  lab.keepSecret(body.token);
  return body.token;
}

async function passkeyIds({ agent }: Pick<Person, "agent">): Promise<string[]> {
  const { body } = await agent.get(api("listPasskeys")).expect(200);
  return body.map(({ id }: { id: string }) => id);
}

describe("the audit trail", () => {
  test("records a passkey that is enrolled here as enrolled, and not as appeared", async () => {
    const person = await lab.person("passkey");
    await passkeyIds(person);
    await lab.proveAgain(person);
    expect(names(person.user.id)).toEqual(["passkey.enrolled"]);
  });

  test("reports a passkey that was made outside this API once, also when five lists are asked for at once", async () => {
    const person = await lab.person("passkey");
    await register(await lab.stepUpToken(person));
    await Promise.all(Array.from({ length: 5 }, () => passkeyIds(person)));
    await passkeyIds(person);
    const [, appeared] = await passkeyIds(person);
    expect(told(person.user.id).slice(1)).toEqual([
      {
        event: "passkey.appeared",
        userId: person.user.id,
        passkeyId: appeared,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        requestId: expect.any(String),
        session: expect.any(String),
      },
    ]);
  });

  test("reports a passkey that is listed in a second tab before its finish, and the finish still takes it", async () => {
    const { agent, authenticator, user } = await lab.person();
    const token = await lab.enrollmentToken(agent, authenticator);
    const [seen] = await passkeyIds({ agent });
    const { body } = await agent
      .post(api("validate"))
      .send({ token, action: actions.enrollPasskey })
      .expect(200);
    expect(body.passkey.id).toBe(seen);
    expect(names(user.id)).toEqual(["passkey.appeared", "passkey.enrolled"]);
  });

  test("reports a passkey whose finish was refused", async () => {
    const { agent, authenticator, user } = await lab.person();
    const token = await lab.enrollmentToken(agent, authenticator);
    const elsewhere = lab.agent();
    await lab.signInWithOtp(elsewhere, user.email);
    await elsewhere.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(401);
    expect(names(user.id)).toEqual(["passkey.appeared"]);
  });

  test("names other methods that an enrollment token was used for", async () => {
    const { agent, authenticator, user } = await lab.person();
    const { body: begun } = await agent.post(api("createEnrollToken")).send({}).expect(200);
    const attacker = lab.newAddress();
    const call = (path: string, body: object) => clientApi(path, begun.token, body);
    await call("/user-authenticators/email-otp", { email: attacker });
    await call("/verify/email-otp", { verificationCode: await lab.readCode(attacker) });
    const token = await register(begun.token, authenticator);
    await agent.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(200);
    expect(told(user.id)).toEqual([
      {
        event: "authenticator.appeared",
        userId: user.id,
        authenticatorId: expect.any(String),
        method: "EMAIL_OTP",
        requestId: expect.any(String),
        session: expect.any(String),
      },
      expect.objectContaining({ event: "passkey.enrolled" }),
    ]);
  });

  test("names at the begin of an enrollment what a host enrolled before", async () => {
    const { agent, user } = await lab.person();
    await lab.enrollEmail(user.id, user.email);
    await agent.post(api("createEnrollToken")).send({});
    expect(names(user.id)).toEqual(["authenticator.appeared"]);
  });

  test("forgets a passkey that is deleted here", async () => {
    const person = await lab.person("passkey");
    const [id = ""] = await passkeyIds(person);
    await person.agent.delete(`/api/passkeys/${id}`).expect(204);
    const known = await lab.storage.flows.claimedPasskeys(person.user.id);
    expect(known.size).toBe(0);
    expect(await passkeyIds(person)).toEqual([]);
    expect(names(person.user.id)).toEqual(["passkey.enrolled", "passkey.deleted"]);
  });
});

describe("an enrollment takes a passkey as its own", () => {
  test("only if it was not there at the begin, however new it is", async () => {
    const person = await lab.person("passkey");
    await register(await lab.stepUpToken(person));
    const { body: begun } = await person.agent.post(api("createEnrollToken")).send({}).expect(200);
    const token = await lab.clientApi(person.authenticator).signInWithToken({ token: begun.token });
    lab.keepSecret(begun.token, token);
    const refused = await person.agent
      .post(api("validate"))
      .send({ token, action: actions.enrollPasskey })
      .expect(401);
    expect(refused.body.code).toBe("token_mismatch");
    expect(names(person.user.id)).toEqual(["passkey.enrolled", "passkey.appeared"]);
  });

  test("once: of two finishes for one new passkey one is refused", async () => {
    const { agent, user } = await lab.person();
    const other = lab.agent();
    await lab.signInWithOtp(other, user.email);
    const { body: first } = await agent.post(api("createEnrollToken")).send({}).expect(200);
    const { body: second } = await other.post(api("createEnrollToken")).send({}).expect(200);
    const authenticator = createSoftAuthenticator();
    const tokens = [
      await register(first.token, authenticator),
      await lab.clientApi(authenticator).signInWithToken({ token: second.token }),
    ];
    lab.keepSecret(second.token, tokens[1] ?? "");
    const answers = await Promise.all(
      [agent, other].map((browser, at) =>
        browser.post(api("validate")).send({ token: tokens[at], action: actions.enrollPasskey }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    expect(names(user.id)).toEqual(["passkey.enrolled"]);
  });
});

describe("a registration is never a step-up", () => {
  /** Its session must neither be renewed nor get a grant. */
  async function refusesAs(person: Person, action: string, token: string): Promise<void> {
    const refused = await person.agent.post(api("validate")).send({ token, action }).expect(401);
    expect(refused.body.code).toBe("token_mismatch");
    await person.agent.post("/transfer").send({}).expect(403);
    expect(lab.events().at(-1)?.event).not.toBe("step_up.succeeded");
    expect(names(person.user.id)).toContain("passkey.appeared");
  }

  test.each([transfer, actions.managePasskeys])(
    "with the token of %s whose user has lost every authenticator meanwhile",
    async (action) => {
      const person = await lab.person("passkey");
      const token = await beginStepUp(person, action);
      const [id = ""] = await passkeyIds(person);
      await person.agent.delete(`/api/passkeys/${id}`).expect(204);
      await refusesAs(person, action, await register(token));
    },
  );

  test("with the result token of a step-up that was proven", async () => {
    const person = await lab.person("passkey");
    const token = await lab.stepUpToken(person, { action: transfer });
    await refusesAs(person, transfer, await register(token));
  });

  test("and a refused token cannot be used again", async () => {
    const person = await lab.person("passkey");
    const token = await register(await lab.stepUpToken(person, { action: transfer }));
    await refusesAs(person, transfer, token);
    const again = await person.agent.post(api("validate")).send({ token, action: transfer }).expect(401);
    expect(again.body.code).toBe("token_already_used");
  });
});

describe("a step-up beside an enrollment on another device", () => {
  async function withOtherDevice() {
    const person = await lab.person("passkey");
    const device = lab.agent();
    await lab.signInWithOtp(device, person.user.email);
    return { person, device, finish: (token: string) => finishEnrollment(device, token) };
  }

  async function finishEnrollment(agent: Person["agent"], token: string): Promise<void> {
    await agent.post(api("validate")).send({ token, action: actions.enrollPasskey }).expect(200);
  }

  test("is refused while that one is not finished, and succeeds on the next try", async () => {
    const { person, device, finish } = await withOtherDevice();
    const token = await lab.stepUpToken(person, { action: transfer });
    const enrollment = await lab.enrollmentToken(device, createSoftAuthenticator());
    await person.agent.post(api("validate")).send({ token, action: transfer }).expect(401);
    await finish(enrollment);
    await lab.proveAgain(person, { action: transfer });
    await person.agent.post("/transfer").send({}).expect(200);
  });

  test("succeeds when that one is finished first", async () => {
    const { person, device, finish } = await withOtherDevice();
    const token = await lab.stepUpToken(person, { action: transfer });
    await finish(await lab.enrollmentToken(device, createSoftAuthenticator()));
    await person.agent.post(api("validate")).send({ token, action: transfer }).expect(200);
  });

  test("succeeds although another passkey is deleted meanwhile", async () => {
    const person = await lab.person("passkey");
    await lab.enrollPasskey(person.agent, createSoftAuthenticator());
    const token = await lab.stepUpToken(person, { action: transfer });
    const [, second = ""] = await passkeyIds(person);
    await person.agent.delete(`/api/passkeys/${second}`).expect(204);
    await person.agent.post(api("validate")).send({ token, action: transfer }).expect(200);
  });
});

/** The Client API as the holder of a token can call it. */
async function clientApi(path: string, token: string, body: object): Promise<void> {
  const answer = await fetch(`${lab.emulator.apiUrl}/client${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}.`);
}
