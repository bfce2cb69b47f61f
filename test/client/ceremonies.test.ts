/** Ceremonies from the click to their end, whatever the person or the network does meanwhile. */
import { expect, test, vi } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import type { TestBrowser } from "./browser.ts";
import { button, eventually, field, visibleText } from "./page.ts";
import { accountShown, hold, open, reads, shown, stack, withPasskey } from "./suite.ts";

const here = "This device Unlock with your fingerprint, face or screen lock.";
/** In the view or in a dialog, which is beside it. */
const says = (words: string) => eventually(() => expect(visibleText(document.body)).toContain(words));

async function signedIn(authenticator = createSoftAuthenticator()): Promise<TestBrowser> {
  const page = await open({ authenticator });
  await page.signInWithCode(stack.newAddress());
  return page;
}

test("While the passkey button is signing in, the view says so and shows no Cancel", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  const release = hold(page, "/verify/passkey");
  button("Sign in with a passkey").click();
  await reads(page, "Signing you in…");
  expect(() => button("Cancel")).toThrow();
  release();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("The second prompt after a late answer can be cancelled like the first", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.breakNetwork("/verify/passkey", {
    status: 400,
    body: JSON.stringify({ error: "expired_token", errorCode: "expired_token" }),
  });
  const release = hold(page, "/client/challenge");
  button("Sign in with a passkey").click();
  // The new options are under way: from here on the prompt is not answered any more.
  await eventually(() =>
    expect(page.requests.filter((one) => one.endsWith("/verify/passkey"))).toHaveLength(1),
  );
  page.silencePrompts();
  release();
  await eventually(() => expect(page.prompts.filter((prompt) => prompt === "modal")).toHaveLength(2));
  await reads(page, "Waiting for your device");
  button("Cancel").click();
  await eventually(() => expect(page.text()).not.toContain("Waiting for your device"));
  expect(field("Email address")).toBeDefined();
});

test("A pick from autofill shows that it is signing in, until it fails", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  const release = hold(page, "/verify/passkey");
  page.autofill.pick();
  await reads(page, "Signing you in…");
  page.breakNetwork("/api/validate", "offline");
  release();
  await reads(page, "Cannot reach the sign-in service.");
  expect(page.text()).not.toContain("Signing you in…");
  expect(field("Email address")).toBeDefined();
});

test("A pick from autofill signs in even if its view was left meanwhile", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  const release = hold(page, "/verify/passkey");
  page.autofill.pick();
  await reads(page, "Signing you in…");
  history.pushState("other account", "", "/sign-in");
  window.dispatchEvent(new PopStateEvent("popstate"));
  await eventually(() => expect(page.text()).not.toContain("Signing you in…"));
  release();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("The language cannot be changed while the passkey button is signing in", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  const release = hold(page, "/verify/passkey");
  button("Sign in with a passkey").click();
  await reads(page, "Signing you in…");
  (await shown("Deutsch")).click();
  expect(document.documentElement.lang).toBe("en");
  await reads(page, "Signing you in…");
  release();
  await accountShown();
  button("Deutsch").click();
  await shown("Abmelden");
  button("English").click();
  await accountShown();
});

test("An offer cannot be declined while the passkey is being saved, and leads to the account", async () => {
  const page = await signedIn();
  const release = hold(page, "/user-authenticators/passkey");
  (await shown("Create a passkey")).click();
  await reads(page, "Saving your passkey…");
  expect(() => button("Cancel")).toThrow();
  button("Not now").click();
  expect(page.requests).not.toContain("PUT /api/passkey-offer");
  release();
  await reads(page, "Passkey created. Next time you can sign in with it.");
  await reads(page, "Not used yet");
  expect(document.getElementById("status")?.textContent).toContain("Passkey created.");
});

test("Closing the dialog while the passkey is being saved does not lose the passkey", async () => {
  const page = await signedIn();
  (await shown("Not now")).click();
  (await shown("Add a passkey")).click();
  const release = hold(page, "/user-authenticators/passkey");
  (await shown(here)).click();
  await says("Saving your passkey…");
  button("Close").click();
  await eventually(() => expect(document.querySelector("dialog")).toBeNull());
  release();
  await reads(page, "Not used yet");
  expect(page.authenticator.credentials()).toHaveLength(1);
});

test("A passkey whose confirmation was lost on the network is in the list afterwards", async () => {
  const page = await signedIn();
  (await shown("Not now")).click();
  (await shown("Add a passkey")).click();
  page.breakNetwork("/user-authenticators/passkey", "lost");
  (await shown(here)).click();
  await says("Cannot reach the sign-in service.");
  button("Close").click();
  await reads(page, "Not used yet");
  expect(page.signals.map(([name]) => name)).not.toContain("signalUnknownCredential");
});

test("Creating a passkey while another request is open is tried twice, then fails with a message", async () => {
  const page = await signedIn();
  await shown("Create a passkey");
  page.breakPrompts(new DOMException("A request is already pending.", "OperationError"));
  button("Create a passkey").click();
  await reads(page, "Another passkey request is open. Close it and try again.");
  expect(page.prompts.filter((prompt) => prompt === "create")).toHaveLength(2);
});

test("A device that failed to create a passkey is not offered one for 30 days", async () => {
  const page = await signedIn();
  await shown("Create a passkey");
  page.breakPrompts(new DOMException("No user verification.", "NotSupportedError"));
  button("Create a passkey").click();
  await reads(page, "This device cannot create passkeys.");
  await fetch("/api/session", { method: "DELETE" });
  await page.load();
  await page.signInWithCode(stack.newAddress());
  await eventually(() => expect(location.pathname).toBe("/account"));

  const since = "passkeys.cannotCreatePasskeySince";
  const inThePast = Date.parse(localStorage.getItem(since) ?? "") - 31 * 24 * 60 * 60_000;
  localStorage.setItem(since, new Date(inThePast).toISOString());
  await fetch("/api/session", { method: "DELETE" });
  await page.load();
  await page.signInWithCode(stack.newAddress());
  await shown("Create a passkey");
});

test("In a browser without passkeys, the address of the offer leads to the account", async () => {
  const page = await signedIn();
  vi.stubGlobal("PublicKeyCredential", undefined);
  await page.load("/create-passkey");
  await reads(page, "This browser cannot create passkeys.");
  expect(location.pathname).toBe("/account");
});

test("A new passkey that Authsignal refuses is removed from the device, and the page says so", async () => {
  const page = await open({ authenticator: createSoftAuthenticator() });
  await page.signInWithCode(stack.newAddress());
  const body = JSON.stringify({ error: "invalid_credential", errorCode: "invalid_credential" });
  page.breakNetwork("/user-authenticators/passkey", { status: 400, body });
  (await shown("Create a passkey")).click();
  await reads(page, "The passkey could not be saved.");
  expect(page.signals.map(([name]) => name)).toContain("signalUnknownCredential");
});

const securityKey = "Security key A key that you plug in or hold to your phone.";

async function openDialog(authenticator = createSoftAuthenticator()) {
  const page = await signedIn(authenticator);
  (await shown("Not now")).click();
  (await shown("Add a passkey")).click();
  await shown(here);
  return page;
}

test("Too many requests disable both places of a new passkey for 30 seconds, and Close still works", async () => {
  const page = await openDialog();
  const body = JSON.stringify({ error: "too_many_requests", errorCode: "too_many_requests" });
  page.breakNetwork("/user-authenticators/passkey", { status: 429, body });
  button(here).click();
  await says("Too many tries. Wait 30 seconds, then try again.");
  const before = page.prompts.length;
  for (const place of [here, securityKey]) {
    expect(button(place).dataset.wait).toBe("30");
    button(place).click();
  }
  expect(page.prompts).toHaveLength(before);
  button("Close").click();
  await eventually(() => expect(document.querySelector("dialog")).toBeNull());
});

test("The dialog for a new passkey announces its progress in a live region that it had from the start", async () => {
  const page = await openDialog();
  const region = document.querySelector('dialog [role="status"]');
  expect(region?.textContent).toBe("");
  const release = hold(page, "/user-authenticators/passkey");
  button(here).click();
  await eventually(() => expect(region?.textContent).toBe("Saving your passkey…"));
  expect(document.querySelector('dialog [role="status"]')).toBe(region);
  release();
  await eventually(() => expect(document.querySelector("dialog")).toBeNull());
});

test("Choosing a security key creates a passkey, and the list shows it", async () => {
  const page = await openDialog(createSoftAuthenticator({ transport: "usb" }));
  button(securityKey).click();
  await reads(page, "Not used yet");
  expect(document.querySelector("dialog")).toBeNull();
  expect(page.prompts.at(-1)).toBe("create");
});

test("the two places of a new passkey are different requests, also in browsers that know no hints", async () => {
  const page = await openDialog();
  page.breakPrompts(new DOMException("declined", "NotAllowedError"));
  for (const [place, attachment] of [
    [here, "platform"],
    [securityKey, "cross-platform"],
  ] as const) {
    const before = page.asked.length;
    button(place).click();
    await eventually(() => expect(page.asked).toHaveLength(before + 1));
    expect(page.asked.at(-1)).toMatchObject({
      authenticatorSelection: { authenticatorAttachment: attachment, residentKey: "required" },
    });
    await eventually(() => expect(button(place).getAttribute("aria-busy")).toBe("false"));
  }
});

test("every prompt lives five minutes: time to find the phone or the security key", async () => {
  const page = await open();
  await page.autofill.whenPending();
  page.breakPrompts(new DOMException("declined", "NotAllowedError"));
  button("Sign in with a passkey").click();
  await reads(page, "No passkey used.");
  await page.signInWithCode(stack.newAddress());
  (await shown("Create a passkey")).click();
  await reads(page, "Not created.");
  expect(new Set(page.prompts)).toEqual(new Set(["conditional", "modal", "create"]));
  expect(page.asked).toMatchObject(page.prompts.map(() => ({ timeout: 300_000 })));
});

test("If an authenticator already has a passkey, the dialog says which, and another one can still be chosen", async () => {
  const page = await openDialog();
  page.breakPrompts(new DOMException("excluded", "InvalidStateError"));
  button(here).click();
  await says("This device already has a passkey for you.");
  button(securityKey).click();
  await says("This security key already has a passkey for you.");
  page.breakPrompts(null);
  button(here).click();
  await reads(page, "Not used yet");
});
