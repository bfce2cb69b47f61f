/** What the vendor's reference pages say about single fields, one test for each. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  enrollEmail,
  enrolled,
  newUserId,
  runEmulator,
  secret,
  secretAuthorization,
  send,
} from "../running-emulator.ts";

const running = runEmulator();

/** The Server API, with fields that the node SDK does not know. */
const server = (path: string, method = "GET", body?: object) =>
  send(`${running.emulator.apiUrl}${path}`, {
    method,
    headers: { authorization: secretAuthorization(secret) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const addressOf = async (userId: string) =>
  (await running.authsignal.getAuthenticators({ userId })).map((one) => one.email ?? one.phoneNumber);

describe("update-user", () => {
  test("a verified address moves the user's authenticators, and the next code goes to it", async () => {
    const userId = newUserId();
    const [old, next] = [`old-${userId}@example.com`, `new-${userId}@example.com`];
    await enrollEmail(running, userId, old);
    await server(`/users/${userId}`, "PATCH", { email: next });
    expect(await addressOf(userId)).toEqual([old]);
    await server(`/users/${userId}`, "PATCH", { emailVerified: true });
    expect(await addressOf(userId)).toEqual([next]);
    await running.post("/challenge/email-otp", {}, await running.track(userId));
    expect(running.code(next)).toMatch(/^\d{6}$/);
    const phone = { verificationMethod: "SMS", phoneNumber: "+6421000001" };
    await server(`/users/${userId}/authenticators`, "POST", phone);
    await server(`/users/${userId}`, "PATCH", { phoneNumber: "+6421000002", phoneNumberVerified: true });
    expect(await addressOf(userId)).toEqual([next, "+6421000002"]);
  });

  test("defaultVerificationMethod chooses among the user's methods, and only among these", async () => {
    const { userId } = await enrolled(running);
    await enrollEmail(running, userId, `${userId}@example.com`);
    const answer = await server(`/users/${userId}`, "PATCH", { defaultVerificationMethod: "EMAIL_OTP" });
    expect(answer.body).toMatchObject({ defaultVerificationMethod: "EMAIL_OTP" });
    const refused = await server(`/users/${userId}`, "PATCH", { defaultVerificationMethod: "SMS" });
    expect(refused.status).toBe(400);
  });
});

test.each([
  ["", 1],
  ["?actions=false", 1],
  ["?actions=true", 0],
])("delete-user%s leaves %i of the user's actions", async (query, left) => {
  const { userId } = await enrolled(running);
  expect((await server(`/users/${userId}${query}`, "DELETE")).status).toBe(200);
  expect(await running.authsignal.queryUserActions({ userId })).toHaveLength(left);
});

test("a device is remembered until the time that update-device sets", async () => {
  const userId = newUserId();
  await running.authsignal.track({ userId, action: "a", attributes: { deviceId: "phone" } });
  const rememberedUntil = "2031-01-01T00:00:00.000Z";
  const path = `/users/${userId}/devices/phone`;
  expect((await server(path, "PATCH", { rememberedUntil })).body).toMatchObject({ rememberedUntil });
  expect((await server(`/users/${userId}/devices`)).body).toMatchObject([{ rememberedUntil }]);
  expect((await server(path, "PATCH", { rememberedUntil: null })).body).not.toHaveProperty("rememberedUntil");
  expect((await server(path, "PATCH", { rememberedUntil: "soon" })).status).toBe(400);
});

describe("smsChannel", () => {
  test("a code of the Server API by WhatsApp is an SMS challenge with that channel", async () => {
    const [userId, phoneNumber] = [newUserId(), "+6421000003"];
    const request = { verificationMethod: "SMS", action: "a", phoneNumber, smsChannel: "WHATSAPP" };
    const { challengeId } = (await server("/challenge", "POST", request)).body;
    const [message] = running.emulator.messages({ to: phoneNumber });
    expect(message?.channel).toBe("WHATSAPP");
    const shown = { verificationMethod: "SMS", smsChannel: "WHATSAPP" };
    const verified = await server("/verify", "POST", { challengeId, verificationCode: message?.code });
    expect(verified.body).toMatchObject({ isVerified: true, phoneNumber, ...shown });
    expect((await server(`/challenges?challengeId=${challengeId}`)).body).toMatchObject(shown);
    expect((await server("/claim", "POST", { challengeId, userId })).body).toMatchObject(shown);
    expect((await server(`/users/${userId}/authenticators`)).body).toMatchObject([shown]);
  });

  test("a browser enrolls by WhatsApp, is challenged there, and can change back to SMS", async () => {
    const [userId, phoneNumber] = [newUserId(), "+6421000004"];
    const channel = () => running.emulator.messages({ to: phoneNumber })[0]?.channel;
    const verify = async (token: string) =>
      (await running.post("/verify/sms", { verificationCode: running.code(phoneNumber) }, token)).body;
    const enrolling = await running.track(userId);
    await running.post("/user-authenticators/sms", { phoneNumber, smsChannel: "WHATSAPP" }, enrolling);
    expect(channel()).toBe("WHATSAPP");
    expect(await verify(enrolling)).toMatchObject({ userAuthenticator: { smsChannel: "WHATSAPP" } });
    const again = await running.track(userId);
    await running.post("/challenge/sms", {}, again);
    expect(channel()).toBe("WHATSAPP");
    await running.post("/challenge/sms", { smsChannel: "DEFAULT" }, again);
    expect(channel()).toBe("SMS");
    await verify(again);
    expect((await server(`/users/${userId}/authenticators`)).body).toMatchObject([
      { smsChannel: "DEFAULT", previousSmsChannel: "WHATSAPP" },
    ]);
  });
});

test("a magic link enrollment answers a challengeId, which finalize compares", async () => {
  const userId = newUserId();
  const token = await running.track(userId);
  const begun = await running.post(
    "/user-authenticators/email-magic-link",
    { email: "link@example.com" },
    token,
  );
  const { challengeId } = begun.body;
  await fetch(running.emulator.messages({ to: "link@example.com" })[0]?.link ?? "");
  const finalize = (id: string) =>
    running.post("/verify/email-magic-link/finalize", { challengeId: id }, token);
  expect((await finalize(newUserId())).status).toBe(400);
  expect((await finalize(challengeId)).body).toMatchObject({ isVerified: true });
});

describe("passkeys through the Server API", () => {
  const credentialPublicKey = Buffer.concat([
    Buffer.from("a5010203262001215820", "hex"),
    Buffer.from("afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61", "hex"),
    Buffer.from("225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220", "hex"),
  ]).toString("base64url");
  const passkeyOf = (userId: string) => ({
    userId,
    verificationMethod: "PASSKEY",
    credentialId: createHash("sha256").update(userId).digest("base64url"),
    credentialPublicKey,
  });
  const importAll = async (authenticators: object[]) =>
    server("/users/authenticators", "POST", { authenticators });

  test("an import succeeds again for the same user and conflicts for another one", async () => {
    const passkey = passkeyOf(newUserId());
    expect((await importAll([passkey, passkey])).body).toMatchObject({ succeeded: 2 });
    expect((await importAll([{ ...passkey, userId: newUserId() }])).body.failures).toMatchObject([
      { errorCode: "conflict", errorDescription: "Credential already exists for a different user." },
    ]);
  });

  test("an import takes at most 1000 passkeys", async () => {
    expect((await importAll(Array(1_001).fill({}))).status).toBe(400);
  });

  test("enroll-verified-authenticator takes a single passkey", async () => {
    const { userId, ...passkey } = passkeyOf(newUserId());
    const path = `/users/${userId}/authenticators`;
    expect((await server(path, "POST", { ...passkey, name: "Phone", counter: 3 })).body).toMatchObject({
      authenticator: { webauthnCredential: { credentialId: passkey.credentialId, name: "Phone" } },
    });
    expect((await server(path, "POST", { ...passkey, counter: -1 })).status).toBe(400);
  });
});

test.each([
  ["an e-mail code", "/challenge", { verificationMethod: "EMAIL_OTP", action: "a", email: "not-an-email" }],
  ["a text message", "/challenge", { verificationMethod: "SMS", action: "a", phoneNumber: "not-a-phone" }],
  ["an authenticator", "/users/u/authenticators", { verificationMethod: "EMAIL_OTP", email: "no" }],
])("%s to something that is no address is refused", async (_what, path, body) => {
  expect(await server(path, "POST", body)).toMatchObject({
    status: 400,
    body: { errorCode: "invalid_request" },
  });
});

test("track refuses an unknown challengeId", async () => {
  const challengeId = newUserId();
  expect((await server("/users/u/actions/a", "POST", { challengeId })).status).toBe(400);
});
