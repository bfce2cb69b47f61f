/** After a sign-in: the offer of a passkey, signals to the password manager, the list, signing out. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { button, eventually, type } from "./page.ts";
import { accountShown, hold, open, reads, shown, stack, withPasskey } from "./suite.ts";

const here = "This device Unlock with your fingerprint, face or screen lock.";

const post = (path: string, body: object) =>
  fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

test("The answer to the offer is sent before the account opens, and a failed request does not block it", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  page.breakNetwork("/passkey-offer", "offline");
  (await shown("Not now")).click();
  await accountShown();
  expect(page.requests.findLast((request) => request.startsWith("PUT"))).toBe("PUT /api/passkey-offer");
});

test("After Back from the offer, Forward does not show it again", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  await shown("Create a passkey");
  history.pushState(null, "", "/account");
  window.dispatchEvent(new PopStateEvent("popstate"));
  await accountShown();
  history.pushState(null, "", "/create-passkey");
  window.dispatchEvent(new PopStateEvent("popstate"));
  await eventually(() => expect(location.pathname).toBe("/account"));
  await page.load("/create-passkey");
  await shown("Create a passkey");
});

test("An offer opened with a stale session leads to the account with an explanation", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  await shown("Create a passkey");
  stack.advance(11 * 60_000);
  await page.load("/create-passkey");
  await reads(page, "That offer has expired. You can add a passkey here at any time.");
  expect(location.pathname).toBe("/account");
});

test("Escape during the composition of a character does not end renaming", async () => {
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

test("After a sign-in with another device's passkey, one on this device is offered", async () => {
  const { authenticator } = await withPasskey();
  authenticator.configure({ transport: "hybrid" });
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await eventually(() => expect(location.pathname).toBe("/create-passkey"));
  await reads(page, "Create a passkey on this device?");
});

test("A passkey in an extension does not count as one on another device", async () => {
  const bitwarden = { aaguid: "d548826e-79b4-db40-a3d8-11116f7e8349" };
  const { authenticator } = await withPasskey(createSoftAuthenticator(bitwarden));
  authenticator.configure({ transport: "hybrid" });
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("After a sign-in with this device's passkey, nothing is offered", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("The password manager gets the account's passkeys when the list is loaded", async () => {
  const { authenticator, user } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  await accountShown();
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

test("A list that cannot be loaded signals nothing and does not look like an empty account", async () => {
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

test("An empty list is signalled only after the person has deleted the last passkey", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await reads(page, "You have no passkeys yet.");
  // The page asks who is signed in after the list, and would signal after that answer.
  const list = page.requests.lastIndexOf("GET /api/passkeys");
  await eventually(() => expect(page.requests.slice(list)).toContain("GET /api/session"));
  await fetch("/api/session");
  expect(page.signals).toEqual([]);
  (await shown("Add a passkey")).click();
  (await shown(here)).click();
  await reads(page, "Not used yet");
  (await shown("Delete")).click();
  (await shown("Delete passkey")).click();
  const emptyList = expect.objectContaining({ allAcceptedCredentialIds: [] });
  await eventually(() => expect(page.signals).toContainEqual(["signalAllAcceptedCredentials", emptyList]));
});

test("A list of another account, signed in elsewhere, signals nothing, and the page shows that account", async () => {
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

test("Cancelling the dialog while the passkey is being deleted still removes it from the list", async () => {
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

test("A rename that is saved late does not move the focus", async () => {
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

test("Signing out clears the result token in the SDK", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  (await accountShown()).click();
  await shown("Sign in with a passkey");
  const { Authsignal } = await import("@authsignal/browser");
  const answer = await new Authsignal(stack.browser).passkey.signUp({ username: "x" });
  expect(answer).toMatchObject({ errorCode: "token_not_set" });
});

test("A list that cannot be reloaded says so, keeps its items, and can be retried", async () => {
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

test("The notice of a created passkey disappears when that passkey is deleted", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Create a passkey")).click();
  await reads(page, "Passkey created. Next time you can sign in with it.");
  (await shown("Delete")).click();
  (await shown("Delete passkey")).click();
  await reads(page, "You have no passkeys yet.");
  expect(page.text()).not.toContain("Next time you can sign in with it.");
});

test("A sign-out elsewhere during the offer is reported as that, not as blocked cookies", async () => {
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

test("a person who is asked for a passkey can sign out there, without an answer to the offer", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  await shown("Create a passkey");
  button("Sign out").click();
  await reads(page, "You are signed out.");
  expect(location.pathname).toBe("/sign-in");
  expect(page.requests).not.toContain("PUT /api/passkey-offer");
});

test("what was renamed and deleted is said above the list, where the person looks", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  (await shown("Rename")).click();
  const name = document.querySelector<HTMLInputElement>('[data-ref="field"]');
  if (name !== null) type(name, "Work laptop");
  button("Save").click();
  await reads(page, "Renamed to Work laptop.");
  button("Delete").click();
  (await shown("Delete passkey")).click();
  await reads(page, "Work laptop was deleted.");
  expect(button("Add a passkey").className).toContain("button-primary");
});

test("The account marks the passkey that was created on this device, until the device forgets the person", async () => {
  const { agent, authenticator } = await withPasskey();
  await stack.enrollPasskey(agent, createSoftAuthenticator());
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  await reads(page, "This device");
  const marked = [...document.querySelectorAll(".passkey-list .row")].map((item) =>
    item.querySelector('[data-ref="here"]')?.hasAttribute("hidden"),
  );
  expect(marked).toEqual([false, true]);
  (await accountShown()).click();
  await reads(page, "You are signed out.");
  await page.load("/");
  (await shown("Forget me on this device")).click();
  await reads(page, "This device has forgotten");
  expect(localStorage.getItem("passkeys.credentials")).toBeNull();
});

test("The address to which a password manager links opens the dialog for a new passkey, once", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await accountShown();
  await page.load("/account#add-passkey");
  await eventually(() =>
    expect(document.querySelector("dialog")?.textContent).toContain("Where should the new passkey be saved?"),
  );
  expect(location.hash).toBe("");
  (await shown("Close")).click();
  await page.load("/account");
  await reads(page, "You have no passkeys yet.");
  expect(document.querySelector("dialog")).toBeNull();
});
