import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { newUserId, origin, runEmulator, send } from "../running-emulator.ts";

// What @authsignal/browser sends from 1.17 to 1.21 and 1.16.0 does not (protocol 9.2).

const running = runEmulator();
const passkey = "/user-authenticators/passkey";

test("registration options take a display name, and null as any attachment", async () => {
  const token = await running.track(newUserId());
  const { body } = await running.post(
    `${passkey}/registration-options`,
    { username: "jane@example.com", displayName: "Jane", authenticatorAttachment: null },
    token,
  );
  expect(body.options.user).toMatchObject({ name: "jane@example.com", displayName: "Jane" });
  expect(body.options.authenticatorSelection).not.toHaveProperty("authenticatorAttachment");
});

test("a passkey sign-in takes the idempotency key of its action from the caller", async () => {
  const authenticator = createSoftAuthenticator();
  const userId = newUserId();
  await running.client(authenticator).signUp({ token: await running.track(userId) });
  const idempotencyKey = newUserId();
  const { body: challenge } = await running.post("/challenge", { action: "sign-in", idempotencyKey });
  const { body: begun } = await running.post(`${passkey}/authentication-options`, challenge);
  expect(begun.challengeId).toBe(challenge.challengeId);
  const authenticationCredential = await authenticator.get(begun.options, { origin });
  const { body } = await running.post("/verify/passkey", {
    authenticationCredential,
    challengeId: begun.challengeId,
  });
  expect(await running.authsignal.validateChallenge({ token: body.accessToken })).toMatchObject({
    isValid: true,
    idempotencyKey,
  });
  expect(await running.authsignal.getAction({ userId, action: "sign-in", idempotencyKey })).toMatchObject({
    state: "CHALLENGE_SUCCEEDED",
  });
});

test("ceremony options have every field that the strict deserialisers of phones need", async () => {
  const token = await running.track(newUserId());
  const { body } = await running.post(`${passkey}/registration-options`, {}, token);
  expect(body).toMatchObject({
    challengeId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    options: {
      challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      rp: { id: "localhost", name: expect.any(String) },
      user: { id: expect.any(String), name: expect.any(String), displayName: expect.any(String) },
      timeout: 60_000,
      pubKeyCredParams: [
        { alg: -8, type: "public-key" },
        { alg: -7, type: "public-key" },
        { alg: -257, type: "public-key" },
      ],
      attestation: "none",
      excludeCredentials: [],
      authenticatorSelection: {
        requireResidentKey: true,
        residentKey: "required",
        userVerification: "preferred",
      },
    },
  });
});

test("the Client API lists every passkey, so that the Signal API hides none", async () => {
  const userId = newUserId();
  const authenticators = [createSoftAuthenticator(), createSoftAuthenticator(), createSoftAuthenticator()];
  let token = "";
  for (const authenticator of authenticators) {
    token = await running
      .client(authenticator)
      .signUp({ token: await running.track(userId, { scope: "add:authenticators" }) });
  }
  const { body } = await send(`${running.emulator.apiUrl}/client/user-authenticators`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(
    body
      .map((one: { webauthnCredential: { credentialId: string } }) => one.webauthnCredential.credentialId)
      .sort(),
  ).toEqual(authenticators.map((one) => one.credentials()[0]?.credentialId).sort());
});
