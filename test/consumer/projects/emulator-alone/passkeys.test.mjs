import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authsignal } from "@authsignal/node";
import { defaultTenant, startEmulator } from "authsignal-emulator";
import { createClientApi, createSoftAuthenticator } from "authsignal-emulator/testing";

const { tenantId, secret: apiSecretKey } = defaultTenant;
let emulator;
before(async () => {
  emulator = await startEmulator();
});
after(() => emulator.close());

test("a passkey proves who signs in", async () => {
  const authsignal = new Authsignal({ apiSecretKey, apiUrl: emulator.apiUrl });
  const browser = createClientApi({
    tenantId,
    baseUrl: emulator.apiUrl,
    origin: "http://localhost:3000",
    authenticator: createSoftAuthenticator(),
  });
  const attributes = { scope: "add:authenticators" };
  const { token } = await authsignal.track({ userId: "ada", action: "enroll", attributes });
  await browser.signUp({ token });

  const proof = await browser.signIn({ action: "signInWithPasskey" });
  const { isValid, userId } = await authsignal.validateChallenge({
    token: proof,
    action: "signInWithPasskey",
  });
  assert.deepEqual({ isValid, userId }, { isValid: true, userId: "ada" });
});
