import { VerificationMethod } from "@authsignal/node";
import { describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { newUserId, runEmulator, send, tenantAuthorization, tenantId } from "../running-emulator.ts";

const running = runEmulator();

describe("e-mail code through the Server API", () => {
  test("a user signs in with an e-mail code through challenge, verify, claim and validate", async () => {
    const { authsignal } = running;
    const email = "jane@example.com";
    const { challengeId } = await authsignal.challenge({
      verificationMethod: VerificationMethod.EMAIL_OTP,
      action: "sign-in-with-email",
      email,
    });
    const verified = await authsignal.verify({ challengeId, verificationCode: running.code(email) });
    expect(verified).toEqual({ isVerified: true, email, verificationMethod: "EMAIL_OTP" });

    const userId = newUserId();
    const { token } = await authsignal.claimChallenge({ challengeId, userId });
    const validated = await authsignal.validateChallenge({ token, userId, action: "sign-in-with-email" });
    expect(validated).toMatchObject({ isValid: true, state: "CHALLENGE_SUCCEEDED", userId });
    expect(await authsignal.getUser({ userId })).toMatchObject({
      isEnrolled: true,
      email,
      emailVerified: true,
    });
  });

  test("messages come newest first and only for the exact address", async () => {
    const { authsignal, emulator } = running;
    const send = (email: string) =>
      authsignal.challenge({
        verificationMethod: VerificationMethod.EMAIL_OTP,
        action: "sign-in-with-email",
        email,
      });
    await send("ada@example.com");
    await send("b.ada@example.com");
    await send("ada@example.com");

    const response = await fetch(`${emulator.url}/emulator/messages?to=ada@example.com`);
    const messages: { to: string; code: string; sentAt: string }[] = await response.json();
    expect(messages.map(({ to }) => to)).toEqual(["ada@example.com", "ada@example.com"]);
    expect(messages[0]?.code).toBe(running.code("ada@example.com"));
    expect(messages[0]?.code).toMatch(/^\d{6}$/);
  });
});

describe("passkeys through the Client API", () => {
  test("a user enrolls a passkey, which completes the tracked action", async () => {
    const { authsignal } = running;
    const userId = newUserId();
    const token = await running
      .client()
      .signUp({ token: await running.track(userId), username: "jane@example.com" });

    expect(await authsignal.validateChallenge({ token, userId, action: "enroll-passkey" })).toMatchObject({
      isValid: true,
      state: "CHALLENGE_SUCCEEDED",
      verificationMethod: "PASSKEY",
    });
    const [passkey, ...others] = await authsignal.getAuthenticators({ userId });
    expect(others).toEqual([]);
    expect(passkey).toMatchObject({ userId, verificationMethod: "PASSKEY", username: "jane@example.com" });
  });

  test("a user signs in with a passkey, which tells who the user is", async () => {
    const { authsignal } = running;
    const userId = newUserId();
    const client = running.client(createSoftAuthenticator());
    await client.signUp({ token: await running.track(userId) });

    const token = await client.signIn({ action: "sign-in-with-passkey" });
    expect(await authsignal.validateChallenge({ token, action: "sign-in-with-passkey" })).toMatchObject({
      isValid: true,
      userId,
      verificationMethod: "PASSKEY",
    });
  });

  test("with a token, only the tracked user's passkeys may answer a challenge", async () => {
    const { authsignal } = running;
    const userId = newUserId();
    const client = running.client(createSoftAuthenticator());
    await client.signUp({ token: await running.track(userId) });

    const resultToken = await client.signInWithToken({
      token: await running.track(userId, { action: "pay" }),
    });
    expect(await authsignal.validateChallenge({ token: resultToken, userId, action: "pay" })).toMatchObject({
      isValid: true,
    });
    const stranger = running.client(createSoftAuthenticator());
    await stranger.signUp({ token: await running.track(newUserId()) });
    await expect(
      stranger.signInWithToken({ token: await running.track(userId, { action: "pay" }) }),
    ).rejects.toThrow();
  });

  test("a deleted passkey is refused", async () => {
    const { authsignal } = running;
    const userId = newUserId();
    const client = running.client(createSoftAuthenticator());
    await client.signUp({ token: await running.track(userId) });
    const [passkey] = await authsignal.getAuthenticators({ userId });
    await authsignal.deleteAuthenticator({ userId, userAuthenticatorId: passkey?.userAuthenticatorId ?? "" });

    await expect(client.signIn({ action: "sign-in-with-passkey" })).rejects.toMatchObject({
      errorCode: "unknown_credential",
    });
  });

  test("the Client API says whether a credential ID is known", async () => {
    const authenticator = createSoftAuthenticator();
    await running.client(authenticator).signUp({ token: await running.track(newUserId()) });
    const credentialId = authenticator.credentials()[0]?.credentialId ?? "";
    const ask = (ids: string) =>
      send(`${running.emulator.apiUrl}/client/user-authenticators/passkey?credentialIds=${ids}`, {
        headers: { authorization: tenantAuthorization(tenantId) },
      });
    expect((await ask(`unknown,${credentialId}`)).body).toMatchObject({ credentialId });
    expect(await ask("unknown")).toMatchObject({ status: 400, body: { errorCode: "invalid_credential" } });
  });
});

test("authentication options for a user name list the passkeys that were registered under it", async () => {
  const [jane, john] = [newUserId(), newUserId()];
  const authenticator = createSoftAuthenticator();
  for (const username of [jane, john]) {
    const token = await running.track(username);
    await running.client(authenticator).signUp({ token, username });
  }
  const optionsFor = async (username?: string) => {
    const { body } = await running.post("/user-authenticators/passkey/authentication-options", { username });
    return body.options.allowCredentials.map(({ id }: { id: string }) => id);
  };
  const [first] = authenticator.credentials();
  expect(await optionsFor(jane)).toEqual([first?.credentialId]);
  expect(await optionsFor("nobody")).toEqual([]);
  expect(await optionsFor()).toEqual([]);
});
