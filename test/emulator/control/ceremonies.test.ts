/** Passkeys from any language: the control plane performs the ceremonies, and the emulator really verifies them. */
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { controlOf, lastRefusal, newUserId, runEmulator, testTenant } from "../running-emulator.ts";

const running = runEmulator();
const control = controlOf(running);

async function signedUp(request: object = {}) {
  const userId = newUserId();
  const token = await running.track(userId);
  return { userId, answer: await control("/passkeys/sign-up", "POST", { token, ...request }) };
}

test.each(["ES256", "RS256", "EdDSA"])(
  "a passkey with %s signs up, signs in and steps up",
  async (algorithm) => {
    const { userId, answer } = await signedUp({ authenticator: { algorithm } });
    expect(answer).toMatchObject({ status: 200, body: { userId } });
    expect(await running.authsignal.validateChallenge({ token: answer.body.token, userId })).toMatchObject({
      isValid: true,
      verificationMethod: "PASSKEY",
    });
    const { body } = await control("/passkeys/sign-in", "POST", { action: "sign-in", userId });
    expect(
      await running.authsignal.validateChallenge({ token: body.token, action: "sign-in" }),
    ).toMatchObject({
      isValid: true,
      userId,
    });
    const token = await running.track(userId, { action: "pay" });
    const stepUp = await control("/passkeys/sign-in", "POST", { token });
    expect(await running.authsignal.validateChallenge({ token: stepUp.body.token, userId })).toMatchObject({
      isValid: true,
      action: "pay",
    });
  },
);

describe("a bent ceremony is refused, and the journal says why", () => {
  test.each([
    [{ origin: "https://evil.example" }, "origin"],
    [{ fault: { clientData: { challenge: "AAAA" } } }, "another challenge"],
    [{ fault: { clientData: { crossOrigin: true } } }, "cross-origin"],
    [{ fault: { rpId: "evil.example" } }, "another RP ID"],
    [{ fault: { tamperedSignature: true } }, "signature"],
    [{ fault: { userHandle: "AAAA" } }, "user handle"],
    [{ fault: { credentialId: "AAAA" } }, "no credential record"],
    [{ authenticator: { isUserPresent: false } }, "present"],
    [{ authenticator: { backupEligibility: false } }, "backup eligibility changed"],
  ])("sign-in with %j", async (request, reason) => {
    const { userId } = await signedUp();
    const answer = await control("/passkeys/sign-in", "POST", { action: "sign-in", userId, ...request });
    expect(answer).toMatchObject({ status: 400, body: { errorCode: expect.stringContaining("credential") } });
    expect(lastRefusal(running)).toContain(reason);
  });

  test.each([
    [{ origin: "https://evil.example" }, "origin"],
    [{ fault: { rpId: "evil.example" } }, "another RP ID"],
  ])("sign-up with %j", async (request, reason) => {
    expect((await signedUp(request)).answer.status).toBe(400);
    expect(lastRefusal(running)).toContain(reason);
  });

  test("a user who is not verified, when the tenant requires it", async () => {
    const emulator = await startEmulator({ tenants: [testTenant({ userVerification: "required" })] });
    emulator.seed({ users: [{ userId: "ada", passkeys: [{}] }] });
    const signIn = (isUserVerified: boolean) =>
      emulator.signIn({ action: "a", userId: "ada", authenticator: { isUserVerified } });
    await expect(signIn(false)).rejects.toThrow();
    await expect(signIn(true)).resolves.toMatchObject({ userId: "ada" });
    await emulator.close();
  });
});

test("a seeded passkey signs in, and one that the caller kept does after the emulator forgot it", async () => {
  running.emulator.seed({ users: [{ userId: "seeded", passkeys: [{}] }] });
  expect((await control("/passkeys/sign-in", "POST", { action: "a", userId: "seeded" })).status).toBe(200);
  const { userId, answer } = await signedUp();
  const { credential } = answer.body;
  expect((await control("/passkeys/sign-in", "POST", { action: "a", credential })).body).toMatchObject({
    userId,
  });
});

test.each([
  [{}, "either token"],
  [{ action: "a", userId: "nobody" }, "holds no such passkey"],
  [{ action: "a", user: "u" }, '"user" is not known'],
  [{ action: "a", fault: { signature: "x" } }, '"signature" of fault'],
])("sign-in refuses %j with a sentence", async (request, sentence) => {
  const answer = await control("/passkeys/sign-in", "POST", request);
  expect(answer).toMatchObject({ status: 400 });
  expect(answer.body.errorDescription).toContain(sentence);
});
