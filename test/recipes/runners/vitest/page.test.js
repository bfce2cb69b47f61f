import { Authsignal } from "@authsignal/browser";
import {
  asNavigatorCredentials,
  createSoftAuthenticator,
  guardSuite,
  startEmulatorFor,
} from "authsignal-emulator/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

guardSuite(afterEach);

const { origin } = window.location;
let kit;
let uninstall;
beforeAll(async () => {
  kit = await startEmulatorFor({ origin });
});
afterAll(() => kit?.close());
beforeEach(() => {
  uninstall = asNavigatorCredentials(createSoftAuthenticator(), origin).install(window);
});
afterEach(() => uninstall());

/** What your API does; Authsignal takes the secret from no page. */
async function track(userId) {
  const { apiSecretKey, apiUrl } = kit.authsignal;
  const answer = await fetch(`${apiUrl}/users/${userId}/actions/enroll-passkey`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${apiSecretKey}:`)}`, "content-type": "application/json" },
    body: "{}",
  });
  return await answer.json();
}

test("the web SDK creates a passkey and signs in with it", async () => {
  const { tenantId, baseUrl } = kit.browser;
  const authsignal = new Authsignal({ tenantId, baseUrl });
  const { token } = await track("ada");
  await authsignal.passkey.signUp({ token, username: "ada@example.com" });
  const { data } = await authsignal.passkey.signIn({ action: "sign-in" });
  expect(data).toMatchObject({ isVerified: true, userId: "ada" });
});
