/** A token and a challenge serve the one occurrence of the one action that they were made for, and only while they live. */
import { createHmac } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { enrolled, newUserId, origin, runEmulator, secret } from "../running-emulator.ts";

const running = runEmulator();
afterEach(() => running.emulator.clock.resume());

const minute = 60_000;

describe("a ceremony that was begun for one action", () => {
  test("is not finished by the same user's token of another action, which leaves both unproven", async () => {
    const { userId, authenticator } = await enrolled(running);
    const [payment, sale] = [
      await running.track(userId, { action: "pay" }),
      await running.track(userId, { action: "sell" }),
    ];
    const begin = () => running.post("/user-authenticators/passkey/authentication-options", {}, payment);
    const { body } = await begin();
    const authenticationCredential = await authenticator.get(body.options, { origin });
    const finish = { challengeId: body.challengeId, authenticationCredential };
    expect((await running.post("/verify/passkey", finish, sale)).body.errorCode).toBe("invalid_request");
    for (const token of [payment, sale])
      expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ isValid: false });
  });

  test("is not finished by the token of another occurrence of that action", async () => {
    const { userId, authenticator } = await enrolled(running);
    const tokens = [
      await running.track(userId, { action: "pay" }),
      await running.track(userId, { action: "pay" }),
    ];
    const { body } = await running.post("/user-authenticators/passkey/authentication-options", {}, tokens[0]);
    const authenticationCredential = await authenticator.get(body.options, { origin });
    const finish = { challengeId: body.challengeId, authenticationCredential };
    const answer = await running.post("/verify/passkey", finish, tokens[1]);
    expect(answer.body.errorCode).toBe("invalid_request");
  });

  test("is not finished as the registration of another action of the same user", async () => {
    const userId = newUserId();
    const [first, second] = [await running.track(userId), await running.track(userId, { action: "other" })];
    const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, first);
    const registrationCredential = await createSoftAuthenticator().create(body.options, { origin });
    const finish = { challengeId: body.challengeId, registrationCredential };
    const answer = await running.post("/user-authenticators/passkey", finish, second);
    expect(answer.body.errorCode).toBe("invalid_request");
    expect(await running.authsignal.getAuthenticators({ userId })).toEqual([]);
  });
});

/** The token with other claims, signed as the tenant signs. */
function resigned(token: string, change: object): string {
  const [header = "", payload = ""] = token.split(".");
  const claims: object = JSON.parse(Buffer.from(payload, "base64url").toString());
  const signed = `${header}.${Buffer.from(JSON.stringify({ ...claims, ...change })).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

test.each([
  ["another issuer", { iss: "https://challenge.authsignal.com/another-tenant" }],
  ["another audience", { aud: "https://challenge.authsignal.com/another-tenant" }],
  ["no issuer", { iss: undefined }],
  ["no end", { exp: undefined }],
])("a token of %s is refused, although the tenant's secret signed it", async (_, change) => {
  const token = await running.track(newUserId());
  const begin = (bearer: string) =>
    running.post("/user-authenticators/passkey/registration-options", {}, bearer);
  expect((await begin(resigned(token, {}))).status).toBe(200);
  expect((await begin(resigned(token, change))).body.errorCode).toBe("invalid_token");
});

describe("to the millisecond", () => {
  /** The emulator drops what has expired once a second: just now, so that only its clock decides about the rest. */
  async function advance(milliseconds: number): Promise<void> {
    const { clock } = running.emulator;
    clock.advance(10 * minute - 1);
    await running.authsignal.getUser({ userId: "nobody" });
    clock.advance(milliseconds - (10 * minute - 1));
  }

  test("a token is good until its end, and not at its end", async () => {
    const { clock } = running.emulator;
    // Tokens end on a full second.
    clock.freeze(Math.floor(clock.now() / 1000) * 1000);
    const token = await running.track(newUserId());
    const begin = () => running.post("/user-authenticators/passkey/registration-options", {}, token);
    clock.advance(10 * minute - 1);
    expect((await begin()).status).toBe(200);
    clock.advance(1);
    expect((await begin()).body.errorCode).toBe("expired_token");
  });

  test.each([
    ["is answered a millisecond before its end", 10 * minute - 1, undefined],
    ["is not answered at its end", 10 * minute, "invalid_request"],
  ])("the challenge of a sign-in %s", async (_, later, errorCode) => {
    const { authenticator } = await enrolled(running);
    const { clock } = running.emulator;
    clock.freeze();
    const { body } = await running.post("/user-authenticators/passkey/authentication-options", {});
    const authenticationCredential = await authenticator.get(body.options, { origin });
    await advance(later);
    const finish = { challengeId: body.challengeId, authenticationCredential };
    expect((await running.post("/verify/passkey", finish)).body.errorCode).toBe(errorCode);
  });

  test.each([
    ["is answered a millisecond before its end", 10 * minute - 1, undefined],
    ["is not answered at its end", 10 * minute, "invalid_request"],
  ])("the challenge of a registration %s", async (_, later, errorCode) => {
    const { clock } = running.emulator;
    clock.freeze();
    const userId = newUserId();
    const idempotencyKey = "one-registration";
    const track = async () =>
      (await running.authsignal.track({ userId, action: "enroll", attributes: { idempotencyKey } })).token;
    const first = await track();
    const { body } = await running.post("/user-authenticators/passkey/registration-options", {}, first);
    const registrationCredential = await createSoftAuthenticator().create(body.options, { origin });
    await advance(later);
    const finish = { challengeId: body.challengeId, registrationCredential };
    // A fresh token of the same occurrence: what ends here is the challenge.
    const answer = await running.post("/user-authenticators/passkey", finish, await track());
    expect(answer.body.errorCode).toBe(errorCode);
  });

  test.each([
    ["is right a millisecond before its end", 10 * minute - 1, true],
    ["is wrong at its end", 10 * minute, false],
  ])("a code %s", async (_, later, isVerified) => {
    const { clock } = running.emulator;
    clock.freeze();
    const email = `${newUserId()}@example.com`;
    const { challengeId } = await running.authsignal.challenge({
      verificationMethod: "EMAIL_OTP",
      action: "sign-in",
      email,
    });
    await advance(later);
    const answer = await running.authsignal.verify({ challengeId, verificationCode: running.code(email) });
    expect(answer).toMatchObject({ isVerified });
  });
});

describe("a code that the browser asked for", () => {
  async function begunByBrowser() {
    const userId = newUserId();
    const email = `${userId}@example.com`;
    const token = await running.track(userId, { email });
    const { body } = await running.post("/challenge/email-otp", {}, token);
    return { userId, email, token, challengeId: String(body.challengeId) };
  }

  test("is not claimed over the Server API, verified or not", async () => {
    const { userId, email, token, challengeId } = await begunByBrowser();
    const claim = () => running.authsignal.claimChallenge({ challengeId, userId });
    await expect(claim()).rejects.toMatchObject({ errorCode: "invalid_request" });
    await running.post("/verify/email-otp", { verificationCode: running.code(email) }, token);
    await expect(claim()).rejects.toMatchObject({ errorCode: "invalid_request" });
    const unchecked = { challengeId, userId, skipVerificationCheck: true };
    await expect(running.authsignal.claimChallenge(unchecked)).rejects.toMatchObject({
      errorCode: "invalid_request",
    });
  });

  test("is neither checked nor sent again over the Server API", async () => {
    const { email, challengeId } = await begunByBrowser();
    const { authsignal } = running;
    const verificationCode = running.code(email);
    await expect(authsignal.verify({ challengeId, verificationCode })).rejects.toMatchObject({
      errorCode: "invalid_request",
    });
    const again = { verificationMethod: "EMAIL_OTP", action: "sign-in", challengeId, email } as const;
    await expect(authsignal.challenge(again)).rejects.toMatchObject({ errorCode: "invalid_request" });
    expect(running.emulator.messages({ to: email })).toHaveLength(1);
  });
});
