/** A person who comes back to a device that has their passkey: greeted by name, and free to be somebody else. */
import { expect, test, vi } from "vitest";
import type { TestBrowser } from "./browser.ts";
import { button, eventually, field } from "./page.ts";
import { open, reads, shown, stack, withPasskey } from "./suite.ts";

/** A later visit of a person who has signed in here with a passkey. */
async function comeBack(): Promise<{ page: TestBrowser; email: string }> {
  const { authenticator, user } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await shown("Sign out");
  await fetch("/api/session", { method: "DELETE" });
  await page.load();
  await reads(page, "Welcome back");
  return { page, email: user.email };
}

test("whoever has used a passkey here is greeted by their address, and a click signs them in", async () => {
  const { page, email } = await comeBack();
  expect(page.text()).toContain(email);
  expect(document.title).toBe("Welcome back · Meadow");
  button("Sign in with a passkey").click();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("between the click and the prompt there is no request", async () => {
  const { page } = await comeBack();
  const prepared = () =>
    page.requests.findLastIndex((request) => request.endsWith("/authentication-options"));
  const lastLoad = page.requests.lastIndexOf("GET /api/session");
  await eventually(() => expect(prepared()).toBeGreaterThan(lastLoad));
  const before = page.requests.length;
  page.silencePrompts();
  button("Sign in with a passkey").click();
  await eventually(() => expect(page.prompts.at(-1)).toBe("modal"));
  expect(page.requests.slice(before)).toEqual([]);
});

test("whoever has created a passkey here is greeted as well", async () => {
  const page = await open();
  const email = stack.newAddress();
  await page.signInWithCode(email);
  (await shown("Create a passkey")).click();
  await shown("Sign out");
  await fetch("/api/session", { method: "DELETE" });
  await page.load();
  await reads(page, email);
  expect(page.text()).toContain("Welcome back");
});

test("whoever turns out to have a passkey here is greeted as well", async () => {
  const { authenticator, user } = await withPasskey();
  const page = await open({ authenticator });
  stack.advance(60_000);
  await page.signInWithCode(user.email);
  (await shown("Create a passkey")).click();
  await reads(page, "This device already has a passkey for you.");
  expect(localStorage.getItem("passkeys.account")).toBe(user.email);
});

test("deleting the last passkey of another account leaves the greeting to whom it is for", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Create a passkey")).click();
  await reads(page, "Not used yet");
  localStorage.setItem("passkeys.account", "somebody@example.com");
  (await shown("Delete")).click();
  (await shown("Delete passkey")).click();
  await reads(page, "You have no passkeys yet.");
  expect(localStorage.getItem("passkeys.account")).toBe("somebody@example.com");
});

test("nobody is greeted who came with a code, or with a passkey of another device", async () => {
  const { authenticator } = await withPasskey();
  authenticator.configure({ transport: "hybrid" });
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await shown("Create a passkey");
  expect(localStorage.getItem("passkeys.account")).toBeNull();
  page.close();
  const other = await open();
  await other.signInWithCode(stack.newAddress());
  expect(localStorage.getItem("passkeys.account")).toBeNull();
});

test("a code goes to the address that is greeted, without typing it", async () => {
  const { page, email } = await comeBack();
  button("Email me a code").click();
  await eventually(() => field("Code"));
  expect(page.text()).toContain(email);
});

test("another account is a click away, and Back leads back", async () => {
  const { page } = await comeBack();
  button("Use a different account").click();
  await eventually(() => field("Email address"));
  expect(field("Email address").value).toBe("");
  await page.autofill.whenPending();
  history.back();
  await reads(page, "Welcome back");
});

test("whoever wants to be forgotten here is, also on the next visit", async () => {
  const { page, email } = await comeBack();
  button("Forget me on this device").click();
  await eventually(() => field("Email address"));
  expect(document.getElementById("status")?.textContent).toBe(`This device has forgotten ${email}.`);
  await page.load();
  expect(field("Email address").value).toBe("");
  expect(JSON.stringify({ ...localStorage })).not.toContain(email);
});

test("signing out leads to the empty field, because the device may be handed on", async () => {
  const { page, email } = await comeBack();
  button("Sign in with a passkey").click();
  (await shown("Sign out")).click();
  await eventually(() => field("Email address"));
  expect(page.text()).not.toContain(email);
});

test("a session that ended elsewhere leads to the greeting, with a sentence", async () => {
  const { page } = await comeBack();
  button("Sign in with a passkey").click();
  await shown("Sign out");
  const otherTab = new BroadcastChannel("passkeys.session");
  await fetch("/api/session", { method: "DELETE" });
  otherTab.postMessage("changed");
  await reads(page, "You have been signed out.");
  otherTab.close();
  expect(page.text()).toContain("Welcome back");
});

test("nothing asks for a passkey before the click, because no field could show what was found", async () => {
  const { page } = await comeBack();
  const before = page.prompts.length;
  page.breakPrompts(new DOMException("declined", "NotAllowedError"));
  button("Sign in with a passkey").click();
  await reads(page, "No passkey used. Try again, or continue with email.");
  expect(page.prompts.slice(before)).toEqual(["modal"]);
  expect(document.activeElement).toBe(button("Sign in with a passkey"));
});

test("a passkey that was deleted is named so, and the code still works", async () => {
  const { page } = await comeBack();
  const body = { error: "unknown_credential", errorCode: "unknown_credential" };
  page.breakNetwork("/verify/passkey", { status: 400, body: JSON.stringify(body) });
  button("Sign in with a passkey").click();
  await reads(page, "This passkey was removed from your account. Continue with email.");
  button("Email me a code").click();
  await eventually(() => field("Code"));
});

test("a prompt that nothing answers can be cancelled, and a code can be asked for meanwhile", async () => {
  const { page } = await comeBack();
  page.silencePrompts();
  button("Sign in with a passkey").click();
  (await shown("Cancel")).click();
  await eventually(() => expect(() => button("Cancel")).toThrow());
  button("Sign in with a passkey").click();
  await shown("Cancel");
  button("Email me a code").click();
  await eventually(() => field("Code"));
});

test("too many codes rest their button, and the passkey is still there", async () => {
  const { page } = await comeBack();
  const limit = {
    type: "/problems/rate_limited",
    title: "",
    status: 429,
    code: "rate_limited",
    requestId: "r",
  };
  page.breakNetwork("/otp/challenge", { status: 429, body: JSON.stringify({ ...limit, retryAfter: 7 }) });
  button("Email me a code").click();
  await reads(page, "Too many tries. Wait 7 seconds, then try again.");
  expect(button("Email me a code").dataset.wait).toBe("7");
  button("Sign in with a passkey").click();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("deleting the last passkey ends the greeting", async () => {
  const { page } = await comeBack();
  button("Sign in with a passkey").click();
  (await shown("Delete")).click();
  (await shown("Delete passkey")).click();
  await reads(page, "You have no passkeys yet.");
  expect(localStorage.getItem("passkeys.account")).toBeNull();
});

test("where storage is blocked, or passkeys are not known, there is the field", async () => {
  const { page } = await comeBack();
  const refuse = () => {
    throw new DOMException("blocked", "SecurityError");
  };
  const blocked = vi.spyOn(Storage.prototype, "getItem").mockImplementation(refuse);
  await page.load();
  expect(field("Email address")).toBeDefined();
  blocked.mockRestore();
  vi.stubGlobal("PublicKeyCredential", undefined);
  await page.load();
  expect(field("Email address")).toBeDefined();
});

test("whoever picks the passkey of another account in the prompt is signed in to that, and greeted next time", async () => {
  const { page, email } = await comeBack();
  const { user } = await withPasskey(page.authenticator);
  button("Sign in with a passkey").click();
  await reads(page, user.email);
  expect(page.text()).not.toContain(email);
  expect(localStorage.getItem("passkeys.account")).toBe(user.email);
});
