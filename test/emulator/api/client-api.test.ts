import { VerificationMethod } from "@authsignal/node";
import { describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { newUserId, origin, runEmulator, send } from "../running-emulator.ts";
import { totp } from "./totp.ts";

const running = runEmulator();

describe("e-mail codes in the browser", () => {
  test("the Client API enrolls an e-mail address by a code", async () => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    const token = await running.track(userId);
    const begun = await running.post("/user-authenticators/email-otp", { email }, token);
    expect(begun.body).toMatchObject({ userId, userAuthenticatorId: expect.any(String) });
    expect(await running.authsignal.getUser({ userId })).toMatchObject({ isEnrolled: false });

    const verified = await running.post(
      "/verify/email-otp",
      { verificationCode: running.code(email) },
      token,
    );
    expect(verified.body).toMatchObject({
      isVerified: true,
      userAuthenticator: { verificationMethod: "EMAIL_OTP" },
    });
    expect(
      await running.authsignal.validateChallenge({
        token: verified.body.accessToken,
        userId,
        action: "enroll-passkey",
      }),
    ).toMatchObject({ isValid: true, verificationMethod: "EMAIL_OTP" });
  });

  test("the Client API challenges an enrolled e-mail address", async () => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    await running.authsignal.enrollVerifiedAuthenticator({
      userId,
      attributes: { verificationMethod: VerificationMethod.EMAIL_OTP, email },
    });
    const token = await running.track(userId, { action: "sign-in" });
    // As the SDK sends it: JSON announced, nothing sent.
    const begun = await send(`${running.emulator.apiUrl}/client/challenge/email-otp`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });
    expect(begun.body).toEqual({ challengeId: expect.any(String) });
    const wrong = await running.post("/verify/email-otp", { verificationCode: "wrong" }, token);
    expect(wrong).toMatchObject({
      status: 200,
      body: { isVerified: false, failureReason: "CODE_INVALID_OR_EXPIRED" },
    });
    const right = await running.post("/verify/email-otp", { verificationCode: running.code(email) }, token);
    expect(right.body).toMatchObject({ isVerified: true });
    expect(right.body).not.toHaveProperty("userAuthenticator");
  });

  test("the Client API challenges the tracked address of a new user and enrolls it", async () => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    const token = await running.track(userId, { action: "sign-in", email });
    await running.post("/challenge/email-otp", {}, token);
    await running.post("/verify/email-otp", { verificationCode: running.code(email) }, token);
    expect(await running.authsignal.getUser({ userId })).toMatchObject({
      isEnrolled: true,
      emailVerified: true,
    });
  });

  test("the Client API does not accept the code of another action", async () => {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    const [first, second] = [await running.track(userId, { email }), await running.track(userId, { email })];
    await running.post("/challenge/email-otp", {}, first);
    const answer = await running.post("/verify/email-otp", { verificationCode: running.code(email) }, second);
    expect(answer.body).toMatchObject({ isVerified: false });
  });
});

test("the Client API enrolls and challenges a phone number by SMS", async () => {
  const userId = newUserId();
  const phoneNumber = "+6421000001";
  const token = await running.track(userId);
  await running.post("/user-authenticators/sms", { phoneNumber }, token);
  const enrolled = await running.post("/verify/sms", { verificationCode: running.code(phoneNumber) }, token);
  expect(enrolled.body.isVerified).toBe(true);
  const next = await running.track(userId, { action: "pay" });
  await running.post("/challenge/sms", {}, next);
  const verified = await running.post("/verify/sms", { verificationCode: running.code(phoneNumber) }, next);
  expect(verified.body).toMatchObject({ isVerified: true });
});

test("the Client API challenges a tracked phone number by WhatsApp", async () => {
  const userId = newUserId();
  const phoneNumber = "+6421000002";
  const { token } = await running.authsignal.track({
    userId,
    action: "sign-in",
    attributes: { phoneNumber },
  });
  await running.post("/challenge/whatsapp", {}, token);
  const verified = await running.post(
    "/verify/whatsapp",
    { verificationCode: running.code(phoneNumber) },
    token,
  );
  expect(verified.body).toMatchObject({
    isVerified: true,
    userAuthenticator: { verificationMethod: "WHATSAPP" },
  });
});

test("the Client API enrolls an authenticator app, and each of its codes works once", async () => {
  const userId = newUserId();
  const token = await running.track(userId);
  const { body } = await running.post("/user-authenticators/totp", {}, token);
  expect(body.uri).toMatch(/^otpauth:\/\/totp\//);
  const verificationCode = totp(body.secret, Date.now());
  expect((await running.post("/verify/totp", { verificationCode }, token)).body).toMatchObject({
    isVerified: true,
    userAuthenticator: { verificationMethod: "AUTHENTICATOR_APP" },
  });
  expect((await running.post("/verify/totp", { verificationCode }, token)).body).toMatchObject({
    isVerified: false,
    failureReason: "CODE_INVALID_OR_EXPIRED",
  });
});

test("the Client API finishes a magic link only after it was followed", async () => {
  const userId = newUserId();
  const email = `${userId}@example.com`;
  const token = await running.track(userId);
  await running.post("/user-authenticators/email-magic-link", { email }, token);
  const finalize = () => running.post("/verify/email-magic-link/finalize", {}, token);
  expect((await finalize()).body).toEqual({ isVerified: false });

  const link = running.emulator.messages({ to: email })[0]?.link ?? "";
  expect((await send(link.replace(/code=.{4}/, "code=AAAA"))).status).toBe(404);
  expect((await send(link)).status).toBe(200);
  expect((await finalize()).body).toMatchObject({ isVerified: true, accessToken: expect.any(String) });
  expect((await finalize()).status).toBe(400);
});

test("the Client API enrolls a security key and verifies its signature", async () => {
  const userId = newUserId();
  const authenticator = createSoftAuthenticator({ transport: "usb", defaultBackupEligibility: false });
  const token = await running.track(userId);
  const creation = await running.post("/user-authenticators/security-key/registration-options", {}, token);
  const registration = await authenticator.create(creation.body, { origin });
  const added = await running.post("/user-authenticators/security-key", registration, token);
  expect(added.body).toMatchObject({
    isVerified: true,
    userAuthenticator: { verificationMethod: "SECURITY_KEY" },
  });

  const next = await running.track(userId, { action: "pay" });
  const request = await running.post("/user-authenticators/security-key/authentication-options", {}, next);
  expect(request.body.allowCredentials).toHaveLength(1);
  const assertion = await authenticator.get(request.body, { origin });
  const verified = await running.post("/verify/security-key", assertion, next);
  expect(verified.body).toMatchObject({ isVerified: true, userId });
});

test("the Client API lists a user's authenticators with masked addresses", async () => {
  const userId = newUserId();
  const attributes = { verificationMethod: VerificationMethod.EMAIL_OTP, email: "jane@example.com" };
  await running.authsignal.enrollVerifiedAuthenticator({ userId, attributes });
  const signedUp = await running
    .client()
    .signUp({ token: await running.track(userId, { scope: "add:authenticators" }) });
  const { body } = await send(`${running.emulator.apiUrl}/client/user-authenticators`, {
    headers: { authorization: `Bearer ${signedUp}` },
  });
  expect(body).toMatchObject([
    { verificationMethod: "EMAIL_OTP", email: "j***@example.com" },
    { verificationMethod: "PASSKEY", webauthnCredential: { credentialId: expect.any(String) } },
  ]);
});

test("the Client API answers the cookie variants like the ordinary operations", async () => {
  const token = await running.track(newUserId());
  const challenge = await running.post("/challenge/web", { action: "sign-in" });
  expect(challenge.body).toHaveProperty("challengeId");
  const creation = await running.post("/user-authenticators/passkey/registration-options/web", {}, token);
  expect(creation.body).toHaveProperty("options.challenge");
  const request = await running.post("/user-authenticators/passkey/authentication-options/web", {});
  expect(request.body).toHaveProperty("options.challenge");
});

test.each(["/challenge/push", "/verify/qr-code", "/challenge/veriff", "/user-authenticators/push"])(
  "an operation that is not emulated answers 501 with its name: %s",
  async (path) => {
    expect(await running.post(path, {}, await running.track(newUserId()))).toMatchObject({
      status: 501,
      body: { errorCode: "not_implemented", errorDescription: expect.stringContaining("does not implement") },
    });
  },
);

describe("scopes", () => {
  const registrationOptions = (token: string) =>
    running.post("/user-authenticators/passkey/registration-options", {}, token);

  test("a user without authenticators enrolls the first one without a scope", async () => {
    expect((await registrationOptions(await running.track(newUserId()))).status).toBe(200);
  });

  test("a further authenticator needs the scope add:authenticators, which a finished challenge also gives", async () => {
    const userId = newUserId();
    const resultToken = await running.client().signUp({ token: await running.track(userId) });
    expect(await registrationOptions(await running.track(userId))).toMatchObject({
      status: 403,
      body: { errorCode: "forbidden" },
    });
    expect(
      (await registrationOptions(await running.track(userId, { scope: "add:authenticators" }))).status,
    ).toBe(200);
    expect((await registrationOptions(resultToken)).status).toBe(200);
  });

  test("of two enrollments that began before the user had an authenticator, the second is refused", async () => {
    const userId = newUserId();
    const token = await running.track(userId);
    const [one, two] = [createSoftAuthenticator(), createSoftAuthenticator()];
    const begun = [await registrationOptions(token), await registrationOptions(token)];
    const finish = async (authenticator: typeof one, at: number) => {
      const { options, challengeId } = begun[at]?.body ?? {};
      const registrationCredential = await authenticator.create(options, { origin });
      return running.post("/user-authenticators/passkey", { registrationCredential, challengeId }, token);
    };
    expect((await finish(one, 0)).status).toBe(200);
    expect((await finish(two, 1)).status).toBe(403);
  });
});
