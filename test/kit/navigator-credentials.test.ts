/** The browser's face: what a page, and the SDK inside it, can rely on. */
import { expect, test } from "vitest";
import { asNavigatorCredentials } from "./navigator-credentials.ts";
import { createSoftAuthenticator } from "./soft-authenticator.ts";

const origin = "http://localhost:3000";
const challenge = Uint8Array.from([1, 2, 3]);
const request = { publicKey: { challenge, rpId: "localhost" } };
const creation = {
  publicKey: {
    challenge,
    rp: { id: "localhost", name: "Example" },
    user: { id: Uint8Array.from([9]), name: "jane@example.com", displayName: "Jane" },
    pubKeyCredParams: [{ type: "public-key" as const, alg: -7 }],
  },
};

async function browserWithPasskey() {
  const authenticator = createSoftAuthenticator();
  const browser = asNavigatorCredentials(authenticator, origin);
  const passkey = await browser.credentials.create(creation);
  if (passkey === null) throw new Error("no passkey was made");
  return { authenticator, browser, passkey };
}

test("the kit's navigator.credentials takes and gives bytes in create and get", async () => {
  const { browser, passkey } = await browserWithPasskey();
  const used = await browser.credentials.get(request);
  expect(used).toBeInstanceOf(browser.PublicKeyCredential);
  expect(used).toMatchObject({ id: passkey.id, type: "public-key", authenticatorAttachment: "platform" });
  expect(used).toHaveProperty("response.signature", expect.any(ArrayBuffer));
  expect(used).toHaveProperty("response.userHandle", Uint8Array.from([9]).buffer);
});

test("the kit's conditional request waits until the person picks a passkey", async () => {
  const { browser, passkey } = await browserWithPasskey();
  const answer = browser.credentials.get({ ...request, mediation: "conditional" });
  await browser.autofill.whenPending();
  expect(browser.autofill.isPending()).toBe(true);
  browser.autofill.pick(passkey.id);
  await expect(answer).resolves.toMatchObject({ id: passkey.id });
  expect(browser.autofill.isPending()).toBe(false);
});

test("the kit's aborted conditional request rejects with the page's reason and frees the browser", async () => {
  const { browser } = await browserWithPasskey();
  const controller = new AbortController();
  const answer = browser.credentials.get({ ...request, mediation: "conditional", signal: controller.signal });
  const reason = new DOMException("another ceremony began", "AbortError");
  controller.abort(reason);
  await expect(answer).rejects.toBe(reason);
  await expect(browser.credentials.get(request)).resolves.toBeInstanceOf(browser.PublicKeyCredential);
});

test("the kit's navigator.credentials answers a second request while one is pending with an OperationError", async () => {
  const { browser } = await browserWithPasskey();
  const pending = browser.credentials.get({ ...request, mediation: "conditional" });
  await expect(browser.credentials.get(request)).rejects.toMatchObject({ name: "OperationError" });
  browser.autofill.pick();
  await pending;
});

test("a request whose signal was aborted before never reaches the soft authenticator", async () => {
  const { browser } = await browserWithPasskey();
  await expect(browser.credentials.get({ ...request, signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: "AbortError",
  });
});

test("the signals of PublicKeyCredential remove and relabel credentials of the soft authenticator", async () => {
  const { authenticator, browser, passkey } = await browserWithPasskey();
  const site = { rpId: "localhost", userId: "CQ" };
  const { PublicKeyCredential: signals } = browser;
  await signals.signalCurrentUserDetails({ ...site, name: "j@example.com", displayName: "J" });
  expect(authenticator.credentials()).toMatchObject([{ userName: "j@example.com", displayName: "J" }]);
  await signals.signalAllAcceptedCredentials({ ...site, allAcceptedCredentialIds: [passkey.id] });
  await signals.signalUnknownCredential({ rpId: "example.org", credentialId: passkey.id });
  expect(authenticator.credentials()).toHaveLength(1);
  await signals.signalAllAcceptedCredentials({ ...site, allAcceptedCredentialIds: [] });
  expect(authenticator.credentials()).toHaveLength(0);
});

test("install puts the kit's navigator.credentials into a window and takes it out again", () => {
  const browser = asNavigatorCredentials(createSoftAuthenticator(), origin);
  const page: { navigator: object } = { navigator: {} };
  const uninstall = browser.install(page);
  expect(page).toHaveProperty("navigator.credentials", browser.credentials);
  expect(page).toHaveProperty("PublicKeyCredential", browser.PublicKeyCredential);
  uninstall();
  expect(page).toEqual({ navigator: {} });
});
