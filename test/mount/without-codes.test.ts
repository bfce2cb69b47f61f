/** A host that keeps its own sign-in and wants no e-mail codes: nobody gets in by a mailbox. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PasskeysOptions, PasskeysOptionsWithoutCodes } from "../../server/passkeys/index.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { type PasswordHost, startPasswordHost } from "./password-host.ts";

/** Ports with no method more than the type asks for. */
function withoutCodes(common: PasskeysOptions): PasskeysOptionsWithoutCodes {
  const { users, sessions, emailCodes, ...rest } = common;
  return {
    ...rest,
    emailCodes: false,
    users: { findById: (id) => users.findById(id) },
    sessions: {
      current: (req) => sessions.current(req),
      start: (req, res, session) => sessions.start(req, res, session),
      renew: (req, res, proof) => sessions.renew(req, res, proof),
      end: (req, res) => sessions.end(req, res),
    },
  };
}

let kit: EmulatorFor;
let host: PasswordHost;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  host = await startPasswordHost(kit, withoutCodes);
});
afterAll(() => kit?.close());

test("Without e-mail codes their routes are 404 problems, and nobody is mailed", async () => {
  const { email } = host.register({});
  for (const [path, body] of [
    ["/auth/otp/challenge", { email }],
    ["/auth/otp/verify", { code: "123456" }],
  ] as const) {
    const refused = await host.agent().post(path).send(body).expect(404);
    expect(refused.body).toMatchObject({ code: "not_found", status: 404 });
    expect(refused.headers["content-type"]).toContain("application/problem+json");
  }
  await expect(kit.readCode(email)).rejects.toThrow("holds no code");
  expect(host.events).toEqual([]);
});

test("Without e-mail codes OpenAPI describes every other operation", async () => {
  const { body } = await host.agent().get("/auth/openapi.json").expect(200);
  expect(Object.keys(body.paths)).not.toContain("/otp/challenge");
  expect(Object.keys(body.paths)).not.toContain("/otp/verify");
  expect(Object.keys(body.paths)).toContain("/enroll-token");
});

test("Without e-mail codes a password session has a whole life with passkeys", async () => {
  const account = host.register({});
  const agent = host.agent();
  const authenticator = createSoftAuthenticator();
  await host.signIn(agent, account);
  await kit.enrollPasskey(agent, authenticator);
  const elsewhere = host.agent();
  await kit.signInWithPasskey(elsewhere, authenticator);
  await elsewhere.post("/transfers").send({}).expect(403);
  await kit.stepUp(elsewhere, authenticator, { action: "transfer-funds" });
  await elsewhere.post("/transfers").send({}).expect(201);
});

test.each(["password", "sso", "email-otp"])(
  "Without e-mail codes a stale %s session is told to sign in again or to use its passkey",
  async (method) => {
    const account = host.register({});
    const agent = host.agent();
    await host.signIn(agent, account, method);
    kit.advance(11 * 60 * 1000);
    const first = await agent.post("/auth/enroll-token").send({}).expect(403);
    expect(first.body.stepUp.methods).toEqual(["reauthenticate"]);
    await host.signIn(agent, account, method);
    await kit.enrollPasskey(agent, createSoftAuthenticator());
    kit.advance(11 * 60 * 1000);
    const second = await agent.post("/auth/enroll-token").send({}).expect(403);
    expect(second.body.stepUp.methods).toEqual(["passkey", "reauthenticate"]);
  },
);

test("Without e-mail codes a passkey session whose passkey was deleted is told to sign in again", async () => {
  const account = host.register({});
  const agent = host.agent();
  const authenticator = createSoftAuthenticator();
  await host.signIn(agent, account);
  const passkey = await kit.enrollPasskey(agent, authenticator);
  const elsewhere = host.agent();
  await kit.signInWithPasskey(elsewhere, authenticator);
  await elsewhere.delete(`/auth/passkeys/${passkey.id}`).expect(204);
  kit.advance(11 * 60 * 1000);
  const refused = await elsewhere.post("/auth/enroll-token").send({}).expect(403);
  expect(refused.body.stepUp.methods).toEqual(["reauthenticate"]);
});
