/** Each flow continues after a restart between any two of its steps. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../../server/emulator/index.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { totp } from "../api/totp.ts";
import { callersOf, newUserId, origin, type Running, testTenant } from "../running-emulator.ts";

let directory = "";
let emulator: Emulator | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "emulator-restart-"));
});
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
  await rm(directory, { recursive: true, force: true });
});

/** Stops the emulator, if there is one, and starts another on the same file and under the same address. */
async function restarted(): Promise<Running> {
  await emulator?.close();
  emulator = await startEmulator({
    data: join(directory, "emulator.db"),
    tenants: [testTenant()],
    port: emulator?.port ?? 0,
  });
  return callersOf(emulator);
}

test("an e-mail code flow of the Server API continues after a restart at each step", async () => {
  const email = "jane@example.com";
  const { challengeId } = await (await restarted()).authsignal.challenge({
    verificationMethod: "EMAIL_OTP",
    action: "sign-in",
    email,
  });
  const next = await restarted();
  expect(await next.authsignal.verify({ challengeId, verificationCode: next.code(email) })).toMatchObject({
    isVerified: true,
  });
  const userId = newUserId();
  const { token } = await (await restarted()).authsignal.claimChallenge({ challengeId, userId });
  expect(await (await restarted()).authsignal.validateChallenge({ token, userId })).toMatchObject({
    isValid: true,
  });
});

test("a registration and an authentication ceremony continue after a restart at each step", async () => {
  const authenticator = createSoftAuthenticator();
  const passkey = "/user-authenticators/passkey";
  const token = await (await restarted()).track(newUserId());
  const creation = await (await restarted()).post(`${passkey}/registration-options`, {}, token);
  const registrationCredential = await authenticator.create(creation.body.options, { origin });
  const registration = { challengeId: creation.body.challengeId, registrationCredential };
  expect((await (await restarted()).post(passkey, registration, token)).body.isVerified).toBe(true);

  const { challengeId } = (await (await restarted()).post("/challenge", { action: "sign-in" })).body;
  const request = await (await restarted()).post(`${passkey}/authentication-options`, { challengeId });
  const authenticationCredential = await authenticator.get(request.body.options, { origin });
  const answer = { challengeId, authenticationCredential };
  expect((await (await restarted()).post("/verify/passkey", answer)).body.isVerified).toBe(true);
  // Nor does a restart give a spent challenge back.
  expect((await (await restarted()).post("/verify/passkey", answer)).status).toBe(400);
});

test("the enrollments of an authenticator app and of an e-mail address continue after a restart at each step", async () => {
  const token = await (await restarted()).track(newUserId());
  const { secret } = (await (await restarted()).post("/user-authenticators/totp", {}, token)).body;
  const code = { verificationCode: totp(secret, Date.now()) };
  const verified = (await (await restarted()).post("/verify/totp", code, token)).body;
  expect(verified.isVerified).toBe(true);
  expect((await (await restarted()).post("/verify/totp", code, token)).body.isVerified).toBe(false);

  const email = "link@example.com";
  const { accessToken } = verified;
  await (await restarted()).post("/user-authenticators/email-magic-link", { email }, accessToken);
  const link = (await restarted()).emulator.messages({ to: email })[0]?.link ?? "";
  expect((await fetch(link)).status).toBe(200);
  const finalize = await (await restarted()).post("/verify/email-magic-link/finalize", {}, accessToken);
  expect(finalize.body.isVerified).toBe(true);
});

test("a session continues after a restart at each step", async () => {
  const first = await restarted();
  const token = await first.client().signUp({ token: await first.track(newUserId()) });
  const session = await (await restarted()).authsignal.createSession({ token, clientId: "web" });
  const { accessToken } = session;
  expect(await (await restarted()).authsignal.validateSession({ accessToken })).toHaveProperty("user");
  const renewed = await (await restarted()).authsignal.refreshSession(session);
  await expect((await restarted()).authsignal.validateSession({ accessToken })).rejects.toMatchObject({
    statusCode: 401,
  });
  await (await restarted()).authsignal.revokeSession({ accessToken: renewed.accessToken });
  await expect((await restarted()).authsignal.refreshSession(renewed)).rejects.toMatchObject({
    statusCode: 401,
  });
});
