import type { Request } from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { answering } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

const transfer = "transfer-funds";
const close = "close-account";

/** A bank: one route bound to amount and payee, one to nothing but itself. */
function startBank(): Promise<Lab> {
  return startLab({
    host: {
      options: { stepUpActions: [transfer, close], grantSeconds: 120 },
      routes(app, requireStepUp) {
        const operationOf = (req: Request) => ({
          amount: Number(req.body.amount),
          payee: String(req.body.payee),
        });
        app.post(
          "/transfer",
          requireStepUp(transfer, operationOf),
          (_req, res) => void res.json({ ok: true }),
        );
        app.post("/close", requireStepUp(close), (_req, res) => void res.json({ ok: true }));
      },
    },
  });
}

let bank: Lab;
beforeAll(async () => {
  bank = await startBank();
});
afterAll(async () => {
  expect(bank.leaks()).toEqual([]);
  await bank.close();
});

const operation = { amount: 100, payee: "DE00" };

describe("a guarded route", () => {
  test("says which action to confirm and by which methods: a passkey, never a code", async () => {
    const { agent } = await bank.person("passkey");
    const refused = await agent.post("/transfer").send(operation).expect(403);
    expect(refused.body).toMatchObject({
      code: "step_up_required",
      stepUp: { action: transfer, methods: ["passkey"] },
    });
    const without = await bank.person();
    const helpless = await without.agent.post("/transfer").send(operation).expect(403);
    expect(helpless.body.code).toBe("passkey_required");
    expect(helpless.body).not.toHaveProperty("stepUp");
    const begun = await without.agent.post(api("createStepUpToken")).send({ action: transfer }).expect(403);
    expect(begun.body.code).toBe("passkey_required");
  });

  test("needs a session", async () => {
    await bank.agent().post("/transfer").send(operation).expect(401);
  });

  test("opens once after a passkey step-up", async () => {
    const person = await bank.person("passkey");
    await bank.proveAgain(person, { action: transfer, operation });
    await person.agent.post("/transfer").send(operation).expect(200);
    const again = await person.agent.post("/transfer").send(operation).expect(403);
    expect(again.body.code).toBe("step_up_required");
  });

  test("opens for one of ten parallel requests", async () => {
    const person = await bank.person("passkey");
    await bank.proveAgain(person, { action: transfer, operation });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => person.agent.post("/transfer").send(operation)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(403)]);
  });

  test.each([
    ["another amount", { amount: 100_000, payee: "DE00" }],
    ["another payee", { amount: 100, payee: "XX99" }],
  ])("stays closed for %s than was confirmed, and the grant is not lost", async (_, other) => {
    const person = await bank.person("passkey");
    await bank.proveAgain(person, { action: transfer, operation });
    await person.agent.post("/transfer").send(other).expect(403);
    await person.agent.post("/transfer").send(operation).expect(200);
  });

  test.each([
    ["the bare action", { action: transfer }],
    ["less than it asks", { action: transfer, operation: { amount: 100 } }],
    ["more than it asks", { action: transfer, operation: { ...operation, memo: "rent" } }],
    ["the amount as text", { action: transfer, operation: { ...operation, amount: "100" } }],
    ["another action", { action: close, operation }],
    ["a proof that only makes the session fresh", { action: actions.managePasskeys }],
  ])("stays closed after %s was confirmed", async (_, step) => {
    const person = await bank.person("passkey");
    await bank.proveAgain(person, step);
    await person.agent.post("/transfer").send(operation).expect(403);
  });

  test("opens whatever the order of the members", async () => {
    const person = await bank.person("passkey");
    await bank.proveAgain(person, { action: transfer, operation: { payee: "DE00", amount: 100 } });
    await person.agent.post("/transfer").send(operation).expect(200);
  });

  test("opens in the session that confirmed, not in another of the same person", async () => {
    const person = await bank.person("passkey");
    const elsewhere = bank.agent();
    await bank.signInWithPasskey(elsewhere, person.authenticator);
    await bank.proveAgain(person, { action: close });
    await elsewhere.post("/close").send({}).expect(403);
    await person.agent.post("/close").send({}).expect(200);
  });

  test("keeps its grant through a rotation, and loses it with the session", async () => {
    const person = await bank.person("passkey");
    await bank.proveAgain(person, { action: close });
    await bank.proveAgain(person);
    await person.agent.post("/close").send({}).expect(200);

    await bank.proveAgain(person, { action: close });
    await person.agent.delete(api("deleteSession")).expect(204);
    await bank.signInWithPasskey(person.agent, person.authenticator);
    await person.agent.post("/close").send({}).expect(403);
  });

  test("stays closed two minutes later", async () => {
    const own = await startBank();
    try {
      const person = await own.person("passkey");
      await own.proveAgain(person, { action: close });
      own.advance(121 * 1000);
      await person.agent.post("/close").send({}).expect(403);
    } finally {
      await own.close();
    }
  });
});

describe("a step-up", () => {
  test("asks for the session's own passkeys", async () => {
    const person = await bank.person("passkey");
    const begun = await person.agent
      .post(api("createStepUpToken"))
      .send({ action: actions.managePasskeys })
      .expect(200);
    bank.keepSecret(begun.body.token);
    const stranger = await bank.person("passkey");
    await expect(
      bank.clientApi(stranger.authenticator).signInWithToken({ token: begun.body.token }),
    ).rejects.toThrow();
  });

  test("tells until when it counts, and neither changes the user nor the session's name", async () => {
    const person = await bank.person("passkey");
    const token = await bank.stepUpToken(person, { action: close });
    const finished = await person.agent.post(api("validate")).send({ token, action: close }).expect(200);
    expect(finished.body).toEqual({ action: close, expiresAt: expect.any(String) });
    const seconds = (Date.parse(finished.body.expiresAt) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(110);
    expect(seconds).toBeLessThanOrEqual(120);
    const session = await person.agent.get(api("getSession")).expect(200);
    expect(session.body.user).toEqual(person.user);
  });

  test.each([
    "sign-in-with-passkey",
    "sign-in-with-email",
    "enroll-passkey",
    "delete-everything",
    "Transfer-Funds",
  ])("to %s is not on the host's list", async (action) => {
    const { agent } = await bank.person("passkey");
    const refused = await agent.post(api("createStepUpToken")).send({ action }).expect(400);
    expect(refused.body.code).toBe("validation_failed");
    const finished = await agent.post(api("validate")).send({ token: "x", action });
    expect(finished.status).not.toBe(200);
  });

  test("is refused for a user without a passkey: the token would let its holder enroll the first one", async () => {
    // Authsignal may know such a user or not: the host may have enrolled an authenticator there.
    for (const isKnown of [true, false]) {
      const own = await startLab();
      try {
        const { agent, user } = await own.person();
        if (isKnown) await own.enrollEmail(user.id, user.email);
        own.advance(11 * 60 * 1000);
        const refused = await agent
          .post(api("createStepUpToken"))
          .send({ action: actions.managePasskeys })
          .expect(403);
        expect(refused.body.stepUp).toEqual({ action: actions.managePasskeys, methods: ["email-otp"] });
        expect(refused.text).not.toContain("token");
      } finally {
        await own.close();
      }
    }
  });

  test.each(["EMAIL_OTP", "SMS", "AUTHENTICATOR_APP", undefined])(
    "proven by %s instead of a passkey is refused",
    async (verificationMethod) => {
      const person = await bank.person("passkey");
      const token = await bank.stepUpToken(person, { action: close });
      bank.line.fail(
        answering("/validate", {
          isValid: true,
          state: "CHALLENGE_SUCCEEDED",
          userId: person.user.id,
          action: close,
          actionCode: close,
          idempotencyKey: `key-${verificationMethod}`,
          verificationMethod,
        }),
      );
      const refused = await person.agent.post(api("validate")).send({ token, action: close }).expect(401);
      bank.line.fail(null);
      expect(refused.body.code).toBe("challenge_failed");
      await person.agent.post("/close").send({}).expect(403);
    },
  );

  test("of the same person in another session is refused", async () => {
    const person = await bank.person("passkey");
    const elsewhere = bank.agent();
    await bank.signInWithPasskey(elsewhere, person.authenticator);
    const token = await bank.stepUpToken(person, { action: close });
    const refused = await elsewhere.post(api("validate")).send({ token, action: close }).expect(401);
    expect(refused.body.code).toBe("token_mismatch");
  });

  test("of another person is refused", async () => {
    const person = await bank.person("passkey");
    const other = await bank.person("passkey");
    const token = await bank.stepUpToken(person, { action: close });
    const refused = await other.agent.post(api("validate")).send({ token, action: close }).expect(401);
    expect(refused.body.code).toBe("token_mismatch");
  });

  test("finished as another action than it was begun for is refused", async () => {
    const person = await bank.person("passkey");
    const token = await bank.stepUpToken(person, { action: close });
    const refused = await person.agent.post(api("validate")).send({ token, action: transfer }).expect(401);
    expect(refused.body.code).toBe("token_mismatch");
  });

  test("begun more than half an hour ago is refused, however long the tenant's tokens live", async () => {
    const own = await startLab({ tenant: { tokenDurationInMinutes: 60 } });
    try {
      const person = await own.person("passkey");
      const token = await own.stepUpToken(person);
      own.advance(16 * 60 * 1000);
      await person.agent.get(api("getSession")).expect(200);
      own.advance(15 * 60 * 1000);
      const refused = await person.agent
        .post(api("validate"))
        .send({ token, action: actions.managePasskeys })
        .expect(401);
      expect(refused.body.code).toBe("token_mismatch");
    } finally {
      await own.close();
    }
  });

  test("with a passkey that was made meanwhile counts too", async () => {
    const person = await bank.person("passkey");
    const second = createSoftAuthenticator();
    await bank.enrollPasskey(person.agent, second);
    await bank.proveAgain({ agent: person.agent, authenticator: second }, { action: close });
    await person.agent.post("/close").send({}).expect(200);
  });

  test.each([
    ["seventeen members", Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`m${at}`, at]))],
    ["a nested member", { payee: { iban: "DE00" } }],
    ["a long text", { memo: "x".repeat(257) }],
    ["a long name", { ["x".repeat(65)]: 1 }],
    ["nothing where something is", { payee: null }],
  ])("for an operation with %s is refused", async (_, unusable) => {
    const { agent } = await bank.person("passkey");
    const refused = await agent
      .post(api("createStepUpToken"))
      .send({ action: transfer, operation: unusable })
      .expect(400);
    expect(refused.body.code).toBe("validation_failed");
  });
});

test("a guard for an action that the router does not know cannot be made", async () => {
  await expect(
    startLab({ host: { routes: (_app, requireStepUp) => void requireStepUp("unknown") } }),
  ).rejects.toThrow(/stepUpActions/);
});

test("every step-up is a security event with its action", async () => {
  const own = await startBank();
  try {
    const person: Person = await own.person("passkey");
    await own.proveAgain(person, { action: close });
    await person.agent.post("/close").send({}).expect(200);
    const facts = own.events().filter(({ event }) => event.startsWith("step_up."));
    expect(facts).toEqual(
      ["step_up.begun", "step_up.succeeded", "step_up.used"].map((event) => ({
        event,
        action: close,
        userId: person.user.id,
        requestId: expect.any(String),
        session: expect.any(String),
      })),
    );
  } finally {
    await own.close();
  }
});

describe("what a guard compares", () => {
  /** Hosts in JavaScript return what the type forbids. */
  const returns: [string, (req: Request) => unknown][] = [
    ["nothing", () => undefined],
    ["null", () => null],
    ["an empty object", () => ({})],
    ["a list", () => ["100"]],
    ["a text", () => "100"],
    ["a promise", async (req) => ({ amount: req.body.amount })],
    ["a Map", () => new Map([["amount", 100]])],
  ];
  let lab: Lab;
  let person: Person;
  beforeAll(async () => {
    lab = await startLab({
      host: {
        options: { stepUpActions: [transfer] },
        routes(app, requireStepUp) {
          for (const [at, [, operationOf]] of returns.entries())
            app.post(
              `/host/${at}`,
              Reflect.apply(requireStepUp, undefined, [transfer, operationOf]),
              (_req, res) => void res.json({ ok: true }),
            );
          app.post(
            "/amount",
            requireStepUp(transfer, (req) => ({ amount: req.body.amount })),
            (_req, res) => void res.json({ ok: true }),
          );
        },
      },
    });
    person = await lab.person("passkey");
  });
  afterAll(() => lab.close());

  test.each(returns.map(([name], at) => [name, at] as const))(
    "is a 500 and never an open route when `operationOf` returns %s",
    async (_, at) => {
      await lab.proveAgain(person, { action: transfer });
      await lab.proveAgain(person, { action: transfer, operation: {} });
      const refused = await person.agent.post(`/host/${at}`).send({ amount: 1_000_000 }).expect(500);
      expect(refused.body.code).toBe("internal_error");
      expect(lab.logs().join("")).toContain("`operationOf` must return a plain object");
    },
  );

  test.each([
    ["text", "text/plain", "amount=5"],
    ["a form", "application/x-www-form-urlencoded", "amount=5"],
  ])("is 415 for a request with %s instead of JSON", async (_, type, body) => {
    await lab.proveAgain(person, { action: transfer, operation: { amount: 5 } });
    const refused = await person.agent.post("/amount").set("Content-Type", type).send(body);
    expect([refused.status, refused.body.code]).toEqual([415, "unsupported_media_type"]);
  });

  test("is never less than what was sent: an operation with a member `__proto__` cannot be begun", async () => {
    for (const operation of ['{"__proto__":"x","amount":1}', '{"amount":1,"__proto__":{"amount":2}}']) {
      const refused = await person.agent
        .post(api("createStepUpToken"))
        .set("Content-Type", "application/json")
        .send(`{"action":"${transfer}","operation":${operation}}`);
      expect([refused.status, refused.body.code]).toEqual([400, "validation_failed"]);
      expect(refused.body.issues[0].pointer).toBe("/operation/__proto__");
    }
  });
});

describe("a passkey that was deleted", () => {
  test("takes the grants of all sessions with it", async () => {
    const own = await startBank();
    try {
      const person = await own.person("passkey");
      const elsewhere = { ...person, agent: own.agent() };
      await own.signInWithPasskey(elsewhere.agent, person.authenticator);
      await own.proveAgain(elsewhere, { action: close });
      await own.proveAgain(person, { action: close });
      const { body } = await person.agent.get(api("listPasskeys")).expect(200);
      await own.enrollPasskey(person.agent, createSoftAuthenticator());
      await person.agent.delete(`/api/passkeys/${body[0].id}`).expect(204);
      for (const { agent } of [person, elsewhere]) {
        const refused = await agent.post("/close").send({}).expect(403);
        expect(refused.body.code).toBe("step_up_required");
      }
    } finally {
      await own.close();
    }
  });

  test("proves nothing that it has signed before, when it was the only one", async () => {
    const own = await startBank();
    try {
      const person = await own.person("passkey");
      const token = await own.stepUpToken(person, { action: close });
      const { body } = await person.agent.get(api("listPasskeys")).expect(200);
      await person.agent.delete(`/api/passkeys/${body[0].id}`).expect(204);
      const late = await person.agent.post(api("validate")).send({ token, action: close });
      expect([late.status, late.body.code]).toEqual([401, "token_mismatch"]);
    } finally {
      await own.close();
    }
  });
});
