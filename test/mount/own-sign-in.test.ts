/** Passkeys beside a host's own sign-in: its methods are proofs, under its own names. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { startPasswordHost } from "./password-host.ts";

const staleMs = 11 * 60 * 1000;

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
});
afterAll(() => kit?.close());

test("A recent password session adds the first and the second passkey, and the events name the method", async () => {
  const host = await startPasswordHost(kit);
  const account = host.register({});
  const agent = host.agent();
  await host.signIn(agent, account);
  await kit.enrollPasskey(agent, createSoftAuthenticator());
  await kit.enrollPasskey(agent, createSoftAuthenticator());
  const begun = host.events.filter(({ event }) => event === "enrollment.begun");
  expect(begun).toEqual([
    expect.objectContaining({ userId: account.id, method: "password" }),
    expect.objectContaining({ userId: account.id, method: "password" }),
  ]);
});

test("With emailStepUp off a recent password session still manages passkeys: the option governs codes alone", async () => {
  const host = await startPasswordHost(kit, (common) => ({ ...common, emailStepUp: false }));
  const account = host.register({});
  const agent = host.agent();
  await host.signIn(agent, account, "sso");
  await kit.enrollPasskey(agent, createSoftAuthenticator());
  await agent.post("/auth/enroll-token").send({}).expect(200);

  const byCode = host.agent();
  await kit.signInWithOtp(byCode, account.email);
  const refused = await byCode.post("/auth/enroll-token").send({}).expect(403);
  expect(refused.body.stepUp.methods).toEqual(["passkey"]);
});

test("A password session that is too old is told to sign in again, and then adds a passkey", async () => {
  const host = await startPasswordHost(kit);
  const account = host.register({});
  const agent = host.agent();
  await host.signIn(agent, account);
  kit.advance(staleMs);
  const refused = await agent.post("/auth/enroll-token").send({}).expect(403);
  expect(refused.body).toMatchObject({
    code: "step_up_required",
    stepUp: { action: "manage-passkeys", methods: ["email-otp", "reauthenticate"] },
  });
  await host.signIn(agent, account);
  await kit.enrollPasskey(agent, createSoftAuthenticator());
  kit.advance(staleMs);
  const again = await agent.post("/auth/enroll-token").send({}).expect(403);
  expect(again.body.stepUp.methods).toEqual(["passkey", "email-otp", "reauthenticate"]);
});

test("With reauthenticationMethods only the listed methods manage the passkeys of a user who has one", async () => {
  const host = await startPasswordHost(kit, (common) => ({ ...common, reauthenticationMethods: ["sso"] }));
  const account = host.register({});
  const agent = host.agent();
  await host.signIn(agent, account, "password");
  await kit.enrollPasskey(agent, createSoftAuthenticator());
  const refused = await agent.post("/auth/enroll-token").send({}).expect(403);
  expect(refused.body.stepUp.methods).toEqual(["passkey", "email-otp", "reauthenticate"]);
  await host.signIn(agent, account, "sso");
  await agent.post("/auth/enroll-token").send({}).expect(200);
});

test("With an empty reauthenticationMethods a user who has a passkey proves it with the passkey or a code", async () => {
  const host = await startPasswordHost(kit, (common) => ({ ...common, reauthenticationMethods: [] }));
  const account = host.register({});
  const agent = host.agent();
  await host.signIn(agent, account);
  await kit.enrollPasskey(agent, createSoftAuthenticator());
  const refused = await agent.post("/auth/enroll-token").send({}).expect(403);
  expect(refused.body.stepUp.methods).toEqual(["passkey", "email-otp"]);
});

test.each([
  ["in capitals", "Password"],
  ["with a space", "pass word"],
  ["that is empty", ""],
  ["of 33 characters", "p".repeat(33)],
  ["that is a number", 7],
])("A session whose method is a name %s is a 500 that names the port in the log", async (_, method) => {
  const host = await startPasswordHost(kit, (common) => ({
    ...common,
    sessions: {
      ...common.sessions,
      current: async () => {
        const session = { id: "one", userId: "C-0", method: "password", authenticatedAt: kit.now() };
        return Object.assign(session, { method });
      },
    },
  }));
  host.register({});
  const failed = await host.agent().post("/auth/enroll-token").send({}).expect(500);
  expect(failed.body.code).toBe("internal_error");
  expect(host.lines).toEqual([
    expect.objectContaining({ detail: expect.stringContaining("sessions.current returned a `method`") }),
  ]);
});

test("A guard with ifEnrolled lets a user without a passkey through, and asks for the passkey once there is one", async () => {
  const host = await startPasswordHost(kit);
  const account = host.register({});
  const agent = host.agent();
  await agent.delete("/me").expect(401);
  await host.signIn(agent, account);
  const refused = await agent.post("/transfers").send({}).expect(403);
  expect(refused.body.code).toBe("passkey_required");
  await agent.delete("/me").expect(204);
  expect(host.events.at(-1)).toMatchObject({ event: "step_up.skipped", userId: account.id });

  const authenticator = createSoftAuthenticator();
  await kit.enrollPasskey(agent, authenticator);
  const guarded = await agent.delete("/me").expect(403);
  expect(guarded.body.stepUp).toEqual({ action: "transfer-funds", methods: ["passkey"] });
  await kit.stepUp(agent, authenticator, { action: "transfer-funds" });
  await agent.delete("/me").expect(204);
});
