import { UserActionState } from "@authsignal/node";
import { afterEach, describe, expect, test } from "vitest";
import { type Emulator, startEmulator, type TenantOptions } from "../../../server/emulator/index.ts";
import { callersOf, newUserId, type Running, runEmulator, testTenant } from "../running-emulator.ts";

let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

async function start(changes: Partial<TenantOptions>): Promise<Running> {
  emulator = await startEmulator({ tenants: [testTenant(changes)] });
  return callersOf(emulator);
}

async function enrolledUser(running: Running): Promise<string> {
  const userId = newUserId();
  await running.client().signUp({ token: await running.track(userId) });
  return userId;
}

describe("outcomes", () => {
  test.each([
    ["ALLOW", "ALLOW"],
    ["CHALLENGE", "CHALLENGE_REQUIRED"],
    ["REVIEW", "REVIEW_REQUIRED"],
    ["BLOCK", "BLOCK"],
  ] as const)("the outcome %s gives an enrolled user's action the state %s", async (outcome, state) => {
    const running = await start({ actions: { pay: { outcome } } });
    const userId = await enrolledUser(running);
    expect(await running.authsignal.track({ userId, action: "pay" })).toMatchObject({ state });
  });

  test("an action without settings gets the defaultOutcome of the tenant", async () => {
    const running = await start({ defaultOutcome: "ALLOW" });
    const userId = await enrolledUser(running);
    expect(await running.authsignal.track({ userId, action: "sign-in" })).toMatchObject({ state: "ALLOW" });
  });

  test("the outcome of an action can be set while the emulator runs", async () => {
    const running = await start({});
    running.emulator.seed({ actions: [{ actionCode: "pay", outcome: "BLOCK" }] });
    expect(await running.authsignal.track({ userId: newUserId(), action: "pay" })).toMatchObject({
      state: "BLOCK",
    });
  });

  test("a blocked action enrolls nothing and cannot be completed", async () => {
    const running = await start({ defaultOutcome: "BLOCK" });
    const userId = newUserId();
    await expect(running.client().signUp({ token: await running.track(userId) })).rejects.toThrow(
      "invalid_request",
    );
    expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
  });

  test("an action that the app blocked stays blocked when a challenge for it ends late", async () => {
    const running = await start({});
    const userId = newUserId();
    const email = `${userId}@example.com`;
    const { token, idempotencyKey } = await running.authsignal.track({
      userId,
      action: "pay",
      attributes: { email },
    });
    await running.post("/challenge/email-otp", {}, token);
    const attributes = { state: UserActionState.BLOCK };
    await running.authsignal.updateAction({ userId, action: "pay", idempotencyKey, attributes });
    await running.post("/verify/email-otp", { verificationCode: running.code(email) }, token);
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({
      isValid: false,
      state: "BLOCK",
    });
    expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
  });

  test("an action that the app blocked cannot be claimed, and the claim enrolls nothing", async () => {
    const running = await start({});
    const userId = newUserId();
    const occurrence = { userId, action: "pay", idempotencyKey: "order-1" };
    const { challengeId } = await running.authsignal.challenge({
      verificationMethod: "EMAIL_OTP",
      email: "payer@example.com",
      action: "pay",
      idempotencyKey: "order-1",
    });
    await running.authsignal.verify({ challengeId, verificationCode: running.code("payer@example.com") });
    await running.authsignal.track({
      userId,
      action: "pay",
      attributes: { idempotencyKey: "order-1" },
    });
    await running.authsignal.updateAction({ ...occurrence, attributes: { state: UserActionState.BLOCK } });
    await expect(running.authsignal.claimChallenge({ challengeId, userId })).rejects.toMatchObject({
      errorCode: "invalid_request",
    });
    expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
  });
});

test("validate can refuse an expired or forged token with 401", async () => {
  const running = await start({ validateRefusal: "unauthorized" });
  const token = await running.track(newUserId());
  running.emulator.clock.advance(11 * 60_000);
  await expect(running.authsignal.validateChallenge({ token })).rejects.toMatchObject({
    statusCode: 401,
    errorCode: "unauthorized",
  });
  await expect(running.authsignal.validateChallenge({ token: "x" })).rejects.toMatchObject({
    errorCode: "unauthorized",
  });
});

test('claiming a challenge enrolls nothing with claimEnrollment "never"', async () => {
  const running = await start({ claimEnrollment: "never" });
  const userId = await claim(running, "claimed@example.com", newUserId());
  expect(await running.authsignal.getUser({ userId })).toMatchObject({
    isEnrolled: false,
    emailVerified: true,
  });
});

test("tokens and codes expire after tokenDurationInMinutes", async () => {
  const running = await start({ tokenDurationInMinutes: 1 });
  const token = await running.track(newUserId());
  running.emulator.clock.advance(61_000);
  expect((await running.post("/challenge/email-otp", {}, token)).body.errorCode).toBe("expired_token");
});

test("sessions are created for the tenant's app clients only", async () => {
  const running = await start({ appClients: [{ clientId: "web", accessTokenDurationInMinutes: 1 }] });
  const token = await running.client().signUp({ token: await running.track(newUserId()) });
  await expect(running.authsignal.createSession({ token, clientId: "other" })).rejects.toMatchObject({
    statusCode: 400,
  });
  const { accessToken, refreshToken } = await running.authsignal.createSession({ token, clientId: "web" });
  running.emulator.clock.advance(61_000);
  await expect(running.authsignal.validateSession({ accessToken })).rejects.toMatchObject({
    errorCode: "unauthorized",
  });
  expect(await running.authsignal.refreshSession({ refreshToken })).toHaveProperty("accessToken");
});

describe("changing an address", () => {
  const running = runEmulator();

  test("the Client API replaces an enrolled address with the update scope", async () => {
    const userId = await claim(running, "old@example.com", newUserId());
    const { token } = await running.authsignal.track({
      userId,
      action: "change-address",
      attributes: { scope: "update:authenticators" },
    });
    await running.post("/user-authenticators/email-otp", { email: "new@example.com" }, token);
    await running.post("/verify/email-otp", { verificationCode: running.code("new@example.com") }, token);
    expect(await running.authsignal.getAuthenticators({ userId })).toMatchObject([
      { email: "new@example.com" },
    ]);
  });

  test.each([
    ["add:authenticators", ["first@example.com", "second@example.com"]],
    ["update:authenticators", ["second@example.com"]],
    [undefined, ["first@example.com"]],
  ])("claiming a second address with the scope %s leaves %j", async (scope, addresses) => {
    const userId = await claim(running, "first@example.com", newUserId());
    await claim(running, "second@example.com", userId, scope);
    const emails = (await running.authsignal.getAuthenticators({ userId })).map(({ email }) => email);
    expect(emails).toEqual(addresses);
  });
});

async function claim(running: Running, email: string, userId: string, scope?: string): Promise<string> {
  const { challengeId } = await running.authsignal.challenge({
    verificationMethod: "EMAIL_OTP",
    action: "sign-in",
    email,
    ...(scope === undefined ? {} : { userId, scope: scope as never }),
  });
  await running.authsignal.verify({ challengeId, verificationCode: running.code(email) });
  await running.authsignal.claimChallenge({ challengeId, userId });
  return userId;
}
