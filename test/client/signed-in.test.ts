/** What follows a sign-in: when a passkey is offered, what the password manager is told, what signing out leaves. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { button, eventually, type } from "./page.ts";
import { hold, open, reads, shown, stack, withPasskey } from "./suite.ts";

const post = (path: string, body: object) =>
  fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

test("an answer to the offer is kept before the page moves on, and a lost one holds nobody up", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  page.breakNetwork("/passkey-offer", "offline");
  (await shown("Not now")).click();
  await shown("Sign out");
  expect(page.requests.findLast((request) => request.startsWith("PUT"))).toBe("PUT /api/passkey-offer");
});

test("whoever went Back from the offer is not offered it again by Forward", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  await shown("Create a passkey");
  history.pushState(null, "", "/account");
  window.dispatchEvent(new PopStateEvent("popstate"));
  await shown("Sign out");
  history.pushState(null, "", "/create-passkey");
  window.dispatchEvent(new PopStateEvent("popstate"));
  await eventually(() => expect(location.pathname).toBe("/account"));
  await page.load("/create-passkey");
  await shown("Create a passkey");
});

test("an offer that was left open until the session is stale says why it is over", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  await shown("Create a passkey");
  stack.advance(11 * 60_000);
  await page.load("/create-passkey");
  await reads(page, "That offer is over. Add a passkey here whenever you like.");
  expect(location.pathname).toBe("/account");
});

test("Escape that ends the composition of a character goes on renaming", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  (await shown("Rename")).click();
  const field = document.querySelector<HTMLInputElement>('[data-ref="field"]');
  const pressEscape = (isComposing: boolean) =>
    field?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, isComposing }));
  pressEscape(true);
  expect(button("Save")).toBeDefined();
  pressEscape(false);
  expect(() => button("Save")).toThrow();
});

test("after a passkey from another device, one on this device is offered", async () => {
  const { authenticator } = await withPasskey();
  authenticator.configure({ transport: "hybrid" });
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await eventually(() => expect(location.pathname).toBe("/create-passkey"));
  await reads(page, "Create a passkey on this device?");
});

test("a passkey in an extension is not taken for one on another device", async () => {
  const bitwarden = { aaguid: "d548826e-79b4-db40-a3d8-11116f7e8349" };
  const { authenticator } = await withPasskey(createSoftAuthenticator(bitwarden));
  authenticator.configure({ transport: "hybrid" });
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("nothing is offered after a passkey of this device", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("the password manager is told which passkeys count, when the list is known", async () => {
  const { authenticator, user } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  await shown("Sign out");
  await eventually(() => expect(page.signals.length).toBeGreaterThan(0));
  const [credential] = authenticator.credentials();
  expect(page.signals).toContainEqual([
    "signalAllAcceptedCredentials",
    {
      rpId: "localhost",
      userId: credential?.userHandle,
      allAcceptedCredentialIds: [credential?.credentialId],
    },
  ]);
  expect(page.signals).toContainEqual([
    "signalCurrentUserDetails",
    { rpId: "localhost", userId: credential?.userHandle, name: user.email, displayName: user.email },
  ]);
});

test("a list that could not be loaded tells the password manager nothing, and shows no empty account", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.breakNetwork("/api/passkeys", "offline");
  page.autofill.pick();
  await reads(page, "Your passkeys could not be loaded.");
  expect(page.text()).not.toContain("You have no passkeys yet.");
  expect(page.signals).toEqual([]);
  page.breakNetwork("/api/passkeys", null);
  (await shown("Try again")).click();
  await reads(page, "On your devices");
  // Both, before the next test listens: a late one would be counted there.
  await eventually(() => expect(page.signals).toHaveLength(2));
});

test("an empty list is told only after the person has deleted the last passkey", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await reads(page, "You have no passkeys yet.");
  expect(page.signals).toEqual([]);
});

test("a list that is somebody else's by now tells the password manager nothing, and the page follows", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  await reads(page, "On your devices");
  await eventually(() => expect(page.signals.length).toBeGreaterThan(0));
  const before = page.signals.length;
  // Another tab signs somebody else in, and this page does not hear of it.
  const other = stack.newAddress();
  await fetch("/api/session", { method: "DELETE" });
  await post("/api/otp/challenge", { email: other });
  await post("/api/otp/verify", { code: await stack.readCode(other) });
  (await shown("Delete")).click();
  (await shown("Delete passkey")).click();
  await reads(page, `Signed in as ${other}`);
  expect(page.signals.slice(before)).toEqual([]);
  expect(authenticator.credentials()).toHaveLength(1);
});

test("a dialog that is left while the passkey is being deleted does not keep it in the list", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  (await shown("Delete")).click();
  const [passkey] = await (await fetch("/api/passkeys")).json();
  const release = hold(page, `/api/passkeys/${passkey.id}`);
  (await shown("Delete passkey")).click();
  button("Cancel").click();
  await eventually(() => expect(document.querySelector("dialog")).toBeNull());
  release();
  await reads(page, "You have no passkeys yet.");
});

test("a name that is saved late takes the focus from nobody", async () => {
  const { agent, authenticator } = await withPasskey();
  await stack.enrollPasskey(agent, createSoftAuthenticator());
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  await reads(page, "On your devices");
  const passkeys = await (await fetch("/api/passkeys")).json();
  const release = hold(page, `/api/passkeys/${passkeys[0].id}`);
  const rename = () => [...document.querySelectorAll<HTMLButtonElement>('[data-ref="rename"]')];
  rename()[0]?.click();
  const [first, second] = [...document.querySelectorAll<HTMLInputElement>('[data-ref="field"]')];
  if (first === undefined || second === undefined) throw new Error("There are no two names to edit.");
  type(first, "First");
  button("Save").click();
  button("Cancel").click();
  rename()[1]?.click();
  expect(document.activeElement).toBe(second);
  release();
  await reads(page, "First");
  expect(document.activeElement).toBe(second);
});

test("signing out leaves no result token behind in the SDK", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  (await shown("Sign out")).click();
  await shown("Sign in with a passkey");
  const { Authsignal } = await import("@authsignal/browser");
  const answer = await new Authsignal(stack.browser).passkey.signUp({ username: "x" });
  expect(answer).toMatchObject({ errorCode: "token_not_set" });
});

test("a list that could not be loaded again says so, keeps what it showed, and can be asked for once more", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  (await shown("Delete")).click();
  (await shown("Delete passkey")).click();
  page.breakNetwork("/api/passkeys", "offline");
  await reads(page, "Your passkeys could not be loaded.");
  page.breakNetwork("/api/passkeys", null);
  (await shown("Try again")).click();
  await eventually(() => expect(() => button("Try again")).toThrow());
  expect(page.text()).toContain("You have no passkeys yet.");
});

test("a notice goes when what it says is over", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Create a passkey")).click();
  await reads(page, "Passkey created. Next time you can sign in with it.");
  (await shown("Delete")).click();
  (await shown("Delete passkey")).click();
  await reads(page, "You have no passkeys yet.");
  expect(page.text()).not.toContain("Next time you can sign in with it.");
});

test("whoever signs out elsewhere while a passkey is offered is told that, and not that cookies are blocked", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  await shown("Create a passkey");
  await eventually(() =>
    expect(page.requests).toContain("POST /v1/client/user-authenticators/passkey/registration-options"),
  );
  await fetch("/api/session", { method: "DELETE" });
  window.dispatchEvent(new Event("online"));
  await reads(page, "You have been signed out. Sign in again to go on.");
});
