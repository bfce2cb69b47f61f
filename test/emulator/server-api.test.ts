import { createHash } from "node:crypto";
import { UserActionState, VerificationMethod } from "@authsignal/node";
import { describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { newUserId, runEmulator, secret, secretAuthorization, send } from "./running-emulator.ts";

const running = runEmulator();

describe("actions", () => {
  test("tracks an action and answers a token for the browser", async () => {
    const tracked = await running.authsignal.track({ userId: newUserId(), action: "sign-in" });
    expect(tracked).toMatchObject({ state: "ALLOW", isEnrolled: false, enrolledVerificationMethods: [] });
    expect(tracked.allowedVerificationMethods).toContain("PASSKEY");
    expect(tracked.url).toContain("?");
    expect(tracked.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("challenges an enrolled user", async () => {
    const userId = newUserId();
    await enrollEmail(userId, `${userId}@example.com`);
    expect(await running.authsignal.track({ userId, action: "sign-in" })).toMatchObject({
      state: "CHALLENGE_REQUIRED",
      isEnrolled: true,
      defaultVerificationMethod: "EMAIL_OTP",
    });
  });

  test("says that an unfinished challenge is not valid", async () => {
    const userId = newUserId();
    await enrollEmail(userId, `${userId}@example.com`);
    const { token, idempotencyKey } = await running.authsignal.track({ userId, action: "sign-in" });
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({
      isValid: false,
      state: "CHALLENGE_REQUIRED",
      userId,
      action: "sign-in",
      idempotencyKey,
    });
  });

  test("never calls ALLOW valid", async () => {
    const token = await running.track(newUserId(), { action: "sign-in" });
    expect(await running.authsignal.validateChallenge({ token })).toMatchObject({
      isValid: false,
      state: "ALLOW",
    });
  });

  test.each([
    ["another user", { userId: "somebody-else" }, "User is invalid."],
    ["another action", { action: "pay" }, "Action is invalid."],
  ])("refuses to validate a token for %s, with 200 and nothing else", async (_what, expected, error) => {
    const token = await running.track(newUserId(), { action: "sign-in" });
    expect(await running.authsignal.validateChallenge({ token, ...expected })).toEqual({
      isValid: false,
      error,
    });
  });

  test("calls a forged token invalid", async () => {
    expect(await running.authsignal.validateChallenge({ token: "not.a.token" })).toEqual({ isValid: false });
  });

  test("tracks the same occurrence once", async () => {
    const userId = newUserId();
    const attributes = { idempotencyKey: "order-1" };
    await running.authsignal.track({ userId, action: "pay", attributes });
    await enrollEmail(userId, `${userId}@example.com`);
    expect(await running.authsignal.track({ userId, action: "pay", attributes })).toMatchObject({
      state: "ALLOW",
    });
    expect(await running.authsignal.queryUserActions({ userId })).toHaveLength(1);
  });

  test("reads and updates one occurrence of an action", async () => {
    const userId = newUserId();
    const { idempotencyKey } = await running.authsignal.track({ userId, action: "pay" });
    const name = { userId, action: "pay", idempotencyKey };
    expect(await running.authsignal.getAction(name)).toMatchObject({ state: "ALLOW", output: {}, rules: [] });
    const attributes = { state: UserActionState.REVIEW_REQUIRED };
    expect(await running.authsignal.updateAction({ ...name, attributes })).toMatchObject(attributes);
    await expect(running.authsignal.getAction({ ...name, idempotencyKey: "unknown" })).rejects.toMatchObject({
      statusCode: 404,
      errorCode: "not_found",
    });
  });

  test("lists a user's actions, newest first, filtered", async () => {
    const userId = newUserId();
    for (const action of ["first", "second", "third"]) await running.authsignal.track({ userId, action });
    const codes = async (filter: object) =>
      (await running.authsignal.queryUserActions({ userId, ...filter })).map((action) => action.actionCode);
    expect((await codes({})).sort()).toEqual(["first", "second", "third"]);
    expect(await codes({ actionCodes: ["second"] })).toEqual(["second"]);
    expect(await codes({ state: UserActionState.BLOCK })).toEqual([]);
    expect(await codes({ fromDate: "2999-01-01T00:00:00.000Z" })).toEqual([]);
  });

  test("refuses an action code that Authsignal does not allow", async () => {
    await expect(running.authsignal.track({ userId: "u", action: "sign in!" })).rejects.toMatchObject({
      statusCode: 400,
      errorCode: "invalid_request",
    });
  });
});

describe("challenges", () => {
  const challenge = (email: string) =>
    running.authsignal.challenge({
      verificationMethod: VerificationMethod.EMAIL_OTP,
      action: "sign-in",
      email,
    });

  test("tells whether a challenge is completed", async () => {
    const email = "completed@example.com";
    const { challengeId } = await challenge(email);
    expect(await running.authsignal.getChallenge({ challengeId })).not.toHaveProperty("verificationMethod");
    await running.authsignal.verify({ challengeId, verificationCode: running.code(email) });
    const completed = { challengeId, email, verificationMethod: "EMAIL_OTP", action: "sign-in" };
    expect(await running.authsignal.getChallenge({ challengeId })).toMatchObject(completed);
    const posted = await send(`${running.emulator.apiUrl}/challenges`, {
      method: "POST",
      headers: { authorization: secretAuthorization(secret) },
      body: JSON.stringify({ challengeId }),
    });
    expect(posted.body).toMatchObject(completed);
    expect(await running.authsignal.getChallenge({ challengeId: "unknown" })).toEqual({});
  });

  test("finds a challenge by the user who claimed it, until that user is deleted", async () => {
    const email = "claimed-by@example.com";
    const userId = newUserId();
    const { challengeId } = await challenge(email);
    await running.authsignal.verify({ challengeId, verificationCode: running.code(email) });
    expect(await running.authsignal.getChallenge({ userId })).toEqual({});
    await running.authsignal.claimChallenge({ challengeId, userId });
    expect(await running.authsignal.getChallenge({ userId })).toMatchObject({ challengeId, email });
    await running.authsignal.deleteUser({ userId });
    expect(await running.authsignal.getChallenge({ challengeId })).toEqual({});
  });

  test("says that a wrong or spent code is invalid", async () => {
    const email = "spent@example.com";
    const { challengeId } = await challenge(email);
    const refused = { isVerified: false, failureReason: "CODE_INVALID_OR_EXPIRED" };
    const verificationCode = running.code(email);
    const wrong = verificationCode === "000000" ? "111111" : "000000";
    expect(await running.authsignal.verify({ challengeId, verificationCode: wrong })).toEqual(refused);
    expect(await running.authsignal.verify({ challengeId, verificationCode })).toMatchObject({
      isVerified: true,
    });
    expect(await running.authsignal.verify({ challengeId, verificationCode })).toEqual(refused);
  });

  test("replaces the code when a challenge is sent again", async () => {
    const email = "again@example.com";
    const { challengeId, idempotencyKey } = await challenge(email);
    const first = running.code(email);
    expect(await running.authsignal.challenge({ challengeId })).toMatchObject({
      challengeId,
      idempotencyKey,
    });
    const second = running.code(email);
    if (first !== second) {
      expect(await running.authsignal.verify({ challengeId, verificationCode: first })).toMatchObject({
        isVerified: false,
      });
    }
    expect(await running.authsignal.verify({ challengeId, verificationCode: second })).toMatchObject({
      isVerified: true,
    });
  });

  test.each([
    ["before it is verified", false, {}],
    ["twice", true, {}],
    ["for another user after the first", true, { second: "somebody-else" }],
  ])("refuses to claim a challenge %s", async (_when, verified, { second }: { second?: string }) => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    const { challengeId } = await challenge(email);
    if (verified) {
      await running.authsignal.verify({ challengeId, verificationCode: running.code(email) });
      await running.authsignal.claimChallenge({ challengeId, userId });
    }
    await expect(
      running.authsignal.claimChallenge({ challengeId, userId: second ?? userId }),
    ).rejects.toMatchObject({ statusCode: 400, errorCode: "invalid_request" });
  });
});

describe("users", () => {
  test("answers an unknown user as somebody who is not enrolled", async () => {
    const user = await running.authsignal.getUser({ userId: "nobody" });
    expect(user).toMatchObject({ isEnrolled: false, emailVerified: false, phoneNumberVerified: false });
    expect(user.email).toBeUndefined();
  });

  test("updates some attributes and keeps the others", async () => {
    const userId = newUserId();
    await running.authsignal.updateUser({
      userId,
      attributes: { email: "a@example.com", custom: { plan: "pro" } },
    });
    const updated = await running.authsignal.updateUser({
      userId,
      attributes: { phoneNumber: "9876543210" },
    });
    expect(updated).toMatchObject({
      email: "a@example.com",
      phoneNumber: "9876543210",
      custom: { plan: "pro" },
    });
    expect(await running.authsignal.getUser({ userId })).toMatchObject({
      isEnrolled: false,
      email: "a@example.com",
    });
  });

  test("no longer calls an address verified once it is another one", async () => {
    const userId = newUserId();
    const update = (attributes: Parameters<typeof running.authsignal.updateUser>[0]["attributes"]) =>
      running.authsignal.updateUser({ userId, attributes });
    expect(await update({ email: "a@example.com", emailVerified: true })).toMatchObject({
      emailVerified: true,
    });
    expect(await update({ email: "a@example.com", displayName: "A" })).toMatchObject({ emailVerified: true });
    expect(await update({ email: "b@example.com" })).toMatchObject({ emailVerified: false });
  });

  test("updates a user by POST, as the Java and Ruby SDKs do", async () => {
    const userId = newUserId();
    const update = (body: object) =>
      send(`${running.emulator.apiUrl}/users/${userId}`, {
        method: "POST",
        headers: { authorization: secretAuthorization(secret) },
        body: JSON.stringify(body),
      });
    expect((await update({ email: "b@example.com", displayName: "Bo" })).body).toMatchObject({
      displayName: "Bo",
    });
    expect((await update({ email: null })).body).not.toHaveProperty("email");
  });

  test("finds users by an exact attribute, in pages", async () => {
    const email = `${newUserId()}@example.com`;
    const userIds = [newUserId(), newUserId(), newUserId()];
    for (const userId of userIds) await running.authsignal.updateUser({ userId, attributes: { email } });
    const first = await running.authsignal.queryUsers({ email, limit: 2 });
    expect(first.users.map(({ userId }) => userId)).toEqual(userIds.slice(0, 2));
    expect(first.lastEvaluatedUserId).toBe(userIds[1]);
    const second = await running.authsignal.queryUsers({
      email,
      limit: 2,
      lastEvaluatedUserId: userIds[1] ?? "",
    });
    expect(second.users.map(({ userId }) => userId)).toEqual(userIds.slice(2));
    expect(second.lastEvaluatedUserId).toBeUndefined();
    await expect(running.authsignal.queryUsers({})).rejects.toMatchObject({ statusCode: 400 });
  });

  test("decodes an external ID token, and finds the user by its address", async () => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    await running.authsignal.updateUser({ userId, attributes: { email } });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "RS256" })}.${part({ email, sub: "google-1" })}.c2lnbmF0dXJl`;
    expect(await running.authsignal.queryUsers({ token })).toMatchObject({
      users: [{ userId }],
      tokenPayload: { email, sub: "google-1" },
    });
  });

  test("forgets a deleted user with everything that hangs on them", async () => {
    const userId = newUserId();
    const client = running.client(createSoftAuthenticator());
    const token = await client.signUp({ token: await running.track(userId) });
    await running.authsignal.deleteUser({ userId });

    expect(await running.authsignal.getUser({ userId })).toMatchObject({ isEnrolled: false });
    expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
    expect(await running.authsignal.validateChallenge({ token })).toEqual({ isValid: false });
    expect((await running.post("/challenge/email-otp", {}, token)).body).toMatchObject({
      errorCode: "invalid_token",
    });
    await expect(client.signIn({ action: "sign-in" })).rejects.toMatchObject({
      errorCode: "unknown_credential",
    });
  });
});

describe("authenticators", () => {
  test("enrolls a verified authenticator and shows its address in full", async () => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    const { authenticator } = await enrollEmail(userId, email);
    expect(authenticator).toMatchObject({ userId, email, verificationMethod: "EMAIL_OTP" });
    await enrollEmail(userId, email);
    expect(await running.authsignal.getAuthenticators({ userId })).toMatchObject([
      { email, isDefault: true },
    ]);
  });

  test("deletes an authenticator of its owner only", async () => {
    const owner = newUserId();
    const { authenticator } = await enrollEmail(owner, `${owner}@example.com`);
    const { userAuthenticatorId } = authenticator;
    await expect(
      running.authsignal.deleteAuthenticator({ userId: newUserId(), userAuthenticatorId }),
    ).rejects.toMatchObject({ statusCode: 404 });
    await running.authsignal.deleteAuthenticator({ userId: owner, userAuthenticatorId });
    expect(await running.authsignal.getUser({ userId: owner })).toMatchObject({ isEnrolled: false });
  });

  test("imports passkeys in a batch, each succeeding or failing alone", async () => {
    const [userId, other] = [newUserId(), newUserId()];
    const publicKey = Buffer.concat([
      Buffer.from("a5010203262001215820", "hex"),
      Buffer.from("afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61", "hex"),
      Buffer.from("225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220", "hex"),
    ]).toString("base64url");
    const credentialId = createHash("sha256").update(userId).digest("base64url");
    const good = {
      userId,
      verificationMethod: "PASSKEY",
      credentialId,
      credentialPublicKey: publicKey,
      name: "Old",
    };
    const answer = await send(`${running.emulator.apiUrl}/users/authenticators`, {
      method: "POST",
      headers: { authorization: secretAuthorization(secret) },
      body: JSON.stringify({
        authenticators: [
          good,
          { ...good, userId: other },
          { ...good, credentialId: "AAAA", credentialPublicKey: "AAAA" },
        ],
      }),
    });
    expect(answer.body).toMatchObject({
      total: 3,
      succeeded: 1,
      failed: 2,
      failures: [{ userId: other }, {}],
    });
    expect(await running.authsignal.getAuthenticators({ userId })).toMatchObject([
      { webauthnCredential: { credentialId, name: "Old" } },
    ]);
  });

  test("lists the methods that the tenant has switched on", async () => {
    const answer = await send(`${running.emulator.apiUrl}/authenticators`, {
      headers: { authorization: secretAuthorization(secret) },
    });
    expect(answer.body).toContainEqual({ verificationMethod: "PASSKEY", isActive: true });
  });

  test.each([
    ["ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "Google Password Manager"],
    ["fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "iCloud Keychain"],
    ["d3452668-01fd-4c12-926c-83a4204853aa", "Microsoft Password Manager"],
    ["b78a0a55-6ef8-d246-a042-ba0f6d55050c", "LastPass"],
  ])("names the provider and the browser of a passkey: %s is %s", async (aaguid, name) => {
    const userId = newUserId();
    const authenticator = createSoftAuthenticator({ aaguid });
    await running.client(authenticator).signUp({ token: await running.track(userId) });
    const [passkey] = await running.authsignal.getAuthenticators({ userId });
    expect(passkey?.webauthnCredential).toMatchObject({
      name,
      aaguidMapping: {
        name,
        svgIconLight: expect.stringMatching(/^data:image\/svg/),
      },
      credentialDeviceType: "multiDevice",
      credentialBackedUp: true,
      parsedUserAgent: { ua: expect.any(String) },
    });
  });
});

test("knows the devices that actions were tracked on, and invalidates one", async () => {
  const userId = newUserId();
  await running.authsignal.track({ userId, action: "sign-in", attributes: { deviceId: "phone" } });
  const ask = (path: string, method = "GET") =>
    send(`${running.emulator.apiUrl}/users/${userId}/devices${path}`, {
      method,
      headers: { authorization: secretAuthorization(secret) },
    });
  expect((await ask("")).body).toMatchObject([{ userId, deviceId: "phone" }]);
  expect((await ask("/phone", "PATCH")).body).toMatchObject({ deviceId: "phone" });
  expect((await ask("/phone/invalidate", "POST")).body).toHaveProperty("invalidatedAt");
  expect((await ask("/unknown/invalidate", "POST")).status).toBe(404);
});

function enrollEmail(userId: string, email: string) {
  return running.authsignal.enrollVerifiedAuthenticator({
    userId,
    attributes: { verificationMethod: VerificationMethod.EMAIL_OTP, email },
  });
}
