/** The methods that an action permits: in track's answer, in challenges and in enrollments. */
import { VerificationMethod } from "@authsignal/node";
import { afterEach, describe, expect, test } from "vitest";
import { type Emulator, startEmulator, type TenantOptions } from "../../../server/emulator/index.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import {
  callersOf,
  controlOf,
  enrollEmail,
  lastRefusal,
  newUserId,
  type Running,
  testTenant,
} from "../running-emulator.ts";

let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

async function start(changes: Partial<TenantOptions> = {}): Promise<Running> {
  emulator = await startEmulator({ tenants: [testTenant(changes)] });
  return callersOf(emulator);
}

const passkeyOnly = { actions: { pay: { verificationMethods: ["PASSKEY"] } } } as const;

/** A user with a passkey and an e-mail address, and a track token of theirs. */
async function userWithBoth(running: Running, action: string, scope?: string) {
  const userId = newUserId();
  const authenticator = createSoftAuthenticator();
  await running.client(authenticator).signUp({ token: await running.track(userId) });
  await enrollEmail(running, userId, `${userId}@example.com`);
  const token = await running.track(userId, { action, ...(scope === undefined ? {} : { scope }) });
  return { userId, authenticator, token };
}

describe("track's answer", () => {
  test("track answers the action's methods apart from the user's", async () => {
    const running = await start(passkeyOnly);
    const { userId } = await userWithBoth(running, "pay");
    expect(await running.authsignal.track({ userId, action: "pay" })).toMatchObject({
      allowedVerificationMethods: ["PASSKEY"],
      enrolledVerificationMethods: ["EMAIL_OTP", "PASSKEY"],
      defaultVerificationMethod: "PASSKEY",
    });
  });

  test("track answers all of the tenant's methods for an action without settings", async () => {
    const running = await start({ ...passkeyOnly, verificationMethods: ["EMAIL_OTP", "PASSKEY"] });
    const { userId } = await userWithBoth(running, "read");
    expect(await running.authsignal.track({ userId, action: "read" })).toMatchObject({
      allowedVerificationMethods: ["EMAIL_OTP", "PASSKEY"],
    });
  });

  test("track answers the action's default method if the user has it", async () => {
    const running = await start({ actions: { pay: { defaultVerificationMethod: "EMAIL_OTP" } } });
    const { userId } = await userWithBoth(running, "pay");
    expect(await running.authsignal.track({ userId, action: "pay" })).toMatchObject({
      defaultVerificationMethod: "EMAIL_OTP",
    });
    const other = newUserId();
    await running.client().signUp({ token: await running.track(other) });
    expect(await running.authsignal.track({ userId: other, action: "pay" })).toMatchObject({
      defaultVerificationMethod: "PASSKEY",
    });
  });
});

describe("a challenge by a method that the action does not permit", () => {
  test.each(["email-otp", "email-magic-link", "sms", "whatsapp"])(
    "a challenge by a method that the action does not permit is refused: %s",
    async (method) => {
      const running = await start(passkeyOnly);
      const { token } = await userWithBoth(running, "pay");
      const refused = await running.post(`/challenge/${method}`, {}, token);
      expect(refused).toMatchObject({
        status: 400,
        body: {
          error: "invalid_request",
          errorCode: "invalid_request",
          errorDescription: expect.stringContaining("is not a permitted verification method"),
        },
      });
      expect(lastRefusal(running)).toContain("the action pay does not permit");
      expect(running.emulator.messages()).toEqual([]);
    },
  );

  test("a challenge whose method the action stops to permit is refused at its end", async () => {
    const running = await start();
    const { userId, token } = await userWithBoth(running, "pay");
    await running.post("/challenge/email-otp", {}, token);
    running.emulator.seed({ actions: [{ actionCode: "pay", verificationMethods: ["PASSKEY"] }] });
    const verificationCode = running.code(`${userId}@example.com`);
    const refused = await running.post("/verify/email-otp", { verificationCode }, token);
    expect(refused).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ isValid: false });
  });

  test("a passkey that the action does not permit is refused, with a token and without", async () => {
    const running = await start({ actions: { mail: { verificationMethods: ["EMAIL_OTP"] } } });
    const { token, authenticator } = await userWithBoth(running, "mail");
    await expect(running.client(authenticator).signInWithToken({ token })).rejects.toThrow("invalid_request");
    await expect(running.client(authenticator).signIn({ action: "mail" })).rejects.toThrow("invalid_request");
  });

  test("the Server API refuses a method that the action does not permit, and an earlier code cannot be claimed", async () => {
    const running = await start();
    const request = { verificationMethod: "EMAIL_OTP", action: "pay", email: "payer@example.com" } as const;
    const { challengeId } = await running.authsignal.challenge(request);
    await running.authsignal.verify({ challengeId, verificationCode: running.code(request.email) });
    running.emulator.seed({ actions: [{ actionCode: "pay", verificationMethods: ["PASSKEY"] }] });
    const refusal = { statusCode: 400, errorCode: "invalid_request" };
    await expect(running.authsignal.challenge(request)).rejects.toMatchObject(refusal);
    const claim = running.authsignal.claimChallenge({ challengeId, userId: newUserId() });
    await expect(claim).rejects.toMatchObject(refusal);
  });

  test("a challenge by the permitted method works beside a forbidden one", async () => {
    const running = await start(passkeyOnly);
    const { token, authenticator, userId } = await userWithBoth(running, "pay");
    const result = await running.client(authenticator).signInWithToken({ token });
    expect(
      await running.authsignal.validateChallenge({ token: result, userId, action: "pay" }),
    ).toMatchObject({
      isValid: true,
      verificationMethod: "PASSKEY",
    });
  });
});

describe("an enrollment under a token of an action", () => {
  const enrollments = [
    ["email-otp", { email: "other@example.com" }],
    ["email-magic-link", { email: "other@example.com" }],
    ["sms", { phoneNumber: "+4915112345678" }],
    ["totp", {}],
    ["security-key/registration-options", {}],
  ] as const;

  test.each(enrollments)(
    "an enrollment by a method that the action does not permit is refused: %s",
    async (path, body) => {
      const running = await start(passkeyOnly);
      for (const scope of ["add:authenticators", "update:authenticators"]) {
        const { token } = await userWithBoth(running, "pay", scope);
        const refused = await running.post(`/user-authenticators/${path}`, body, token);
        expect(refused.status).toBeGreaterThanOrEqual(400);
      }
      expect(running.emulator.messages()).toEqual([]);
    },
  );

  test.each(enrollments)(
    'with enrollmentMethods "any", an enrollment may use any method of the tenant: %s',
    async (path, body) => {
      const running = await start({ ...passkeyOnly, enrollmentMethods: "any" });
      const { token } = await userWithBoth(running, "pay", "add:authenticators");
      expect((await running.post(`/user-authenticators/${path}`, body, token)).status).toBe(200);
    },
  );

  test('a begun enrollment whose method the action stops to permit is finished only with enrollmentMethods "any"', async () => {
    const email = "other@example.com";
    for (const [enrollmentMethods, status] of [
      ["any", 200],
      ["action", 400],
    ] as const) {
      const running = await start({ enrollmentMethods });
      const { token } = await userWithBoth(running, "pay", "add:authenticators");
      await running.post("/user-authenticators/email-otp", { email }, token);
      running.emulator.seed({ actions: [{ actionCode: "pay", verificationMethods: ["PASSKEY"] }] });
      const verificationCode = running.code(email);
      const finished = await running.post("/verify/email-otp", { verificationCode }, token);
      expect(finished.status).toBe(status);
      await running.emulator.close();
    }
  });
});

describe("what an action permits", () => {
  test("the methods of an action can be set over HTTP without changing its outcome", async () => {
    const running = await start({ actions: { pay: { outcome: "REVIEW" } } });
    const control = controlOf(running);
    const actions = [{ actionCode: "pay", verificationMethods: ["PASSKEY"] }];
    expect((await control("/seed", "POST", { actions })).status).toBe(200);
    expect(await running.authsignal.track({ userId: newUserId(), action: "pay" })).toMatchObject({
      allowedVerificationMethods: ["PASSKEY"],
      state: "REVIEW_REQUIRED",
    });
  });

  test("a tenant that is added over HTTP can have settings of actions", async () => {
    const running = await start();
    const tenant = { ...testTenant(), tenantId: "another", secrets: ["another-secret"], ...passkeyOnly };
    expect((await controlOf(running)("/tenants", "POST", tenant)).status).toBe(200);
    const answer = await fetch(`${running.emulator.apiUrl}/users/u/actions/pay`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from("another-secret:").toString("base64")}` },
    });
    expect(await answer.json()).toMatchObject({ allowedVerificationMethods: ["PASSKEY"] });
  });

  test.each([
    ["an unknown method", { verificationMethods: ["FAX"] }],
    ["a text in place of the list", { verificationMethods: "PASSKEY" }],
    ["an unknown default method", { defaultVerificationMethod: "FAX" }],
    ["no member", {}],
  ])("settings of an action with %s are refused", async (_, settings) => {
    const control = controlOf(await start());
    const seeded = await control("/seed", "POST", { actions: [{ actionCode: "pay", ...settings }] });
    expect(seeded).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
  });

  test("settings of actions survive an export and an import", async () => {
    const running = await start();
    running.emulator.seed({ actions: [{ actionCode: "pay", verificationMethods: ["PASSKEY"] }] });
    const exported = running.emulator.exportState();
    running.emulator.reset();
    running.emulator.importState(exported);
    const { allowedVerificationMethods } = await running.authsignal.track({
      userId: newUserId(),
      action: "pay",
    });
    expect(allowedVerificationMethods).toEqual([VerificationMethod.PASSKEY]);
  });
});
