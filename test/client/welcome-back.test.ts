/** The greeting of a person who returns to a device that has their passkey. */
import { expect, test, vi } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import type { TestBrowser } from "./browser.ts";
import { button, eventually, field, type } from "./page.ts";
import { accountShown, open, reads, shown, stack, withPasskey } from "./suite.ts";

/** A later visit after a sign-in with a passkey on this device. */
async function comeBack(): Promise<{ page: TestBrowser; email: string }> {
  const { authenticator, user } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await accountShown();
  await fetch("/api/session", { method: "DELETE" });
  await page.load();
  await reads(page, "Welcome back");
  return { page, email: user.email };
}

test("A person who has used a passkey here is greeted by their address and signs in with one click", async () => {
  const { page, email } = await comeBack();
  expect(page.text()).toContain(email);
  expect(document.title).toBe("Welcome back · Meadow");
  button("Sign in with a passkey").click();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("After a passkey that could not be used, the greeting puts the code first", async () => {
  const { page } = await comeBack();
  page.breakPrompts(new DOMException("No", "NotAllowedError"));
  button("Sign in with a passkey").click();
  await reads(page, "No passkey used.");
  expect(button("Email me a code").className).toContain("button-primary");
  expect(button("Sign in with a passkey").className).not.toContain("button-primary");
});

test("The passkey button of the greeting sends no request before the prompt", async () => {
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

test("A person who has created a passkey here is greeted", async () => {
  const page = await open();
  const email = stack.newAddress();
  await page.signInWithCode(email);
  (await shown("Create a passkey")).click();
  await accountShown();
  await fetch("/api/session", { method: "DELETE" });
  await page.load();
  await reads(page, email);
  expect(page.text()).toContain("Welcome back");
});

test("A person whose device already has a passkey is greeted", async () => {
  const { authenticator, user } = await withPasskey();
  const page = await open({ authenticator });
  stack.advance(60_000);
  await page.signInWithCode(user.email);
  (await shown("Create a passkey")).click();
  await reads(page, "This device already has a passkey for you.");
  expect(localStorage.getItem("passkeys.account")).toBe(user.email);
});

test("Deleting the last passkey of another account keeps the greeting", async () => {
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

test("A sign-in with a code or another device's passkey leads to no greeting", async () => {
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

test("The greeting sends a code to its address without typing", async () => {
  const { page, email } = await comeBack();
  button("Email me a code").click();
  await eventually(() => field("Code"));
  expect(page.text()).toContain(email);
});

test("Use a different account shows the field, and Back returns to the greeting", async () => {
  const { page } = await comeBack();
  button("Use a different account").click();
  await eventually(() => field("Email address"));
  expect(field("Email address").value).toBe("");
  await page.autofill.whenPending();
  history.back();
  await reads(page, "Welcome back");
});

test("Forget me on this device also holds for the next visit", async () => {
  const { page, email } = await comeBack();
  button("Forget me on this device").click();
  await eventually(() => field("Email address"));
  expect(document.getElementById("status")?.textContent).toBe(`This device has forgotten ${email}.`);
  await page.load();
  expect(field("Email address").value).toBe("");
  expect(JSON.stringify({ ...localStorage })).not.toContain(email);
});

test("Signing out shows the empty field instead of the greeting", async () => {
  const { page, email } = await comeBack();
  button("Sign in with a passkey").click();
  (await accountShown()).click();
  await eventually(() => field("Email address"));
  expect(page.text()).not.toContain(email);
});

test("A session that ended elsewhere leads to the greeting with a notice", async () => {
  const { page } = await comeBack();
  button("Sign in with a passkey").click();
  await accountShown();
  const otherTab = new BroadcastChannel("passkeys.session");
  await fetch("/api/session", { method: "DELETE" });
  otherTab.postMessage("changed");
  await reads(page, "You have been signed out.");
  otherTab.close();
  expect(page.text()).toContain("Welcome back");
});

test("The greeting starts no autofill request, because it has no field", async () => {
  const { page } = await comeBack();
  const before = page.prompts.length;
  page.breakPrompts(new DOMException("declined", "NotAllowedError"));
  button("Sign in with a passkey").click();
  await reads(page, "No passkey used. Try again, or continue with email.");
  expect(page.prompts.slice(before)).toEqual(["modal"]);
  expect(document.activeElement).toBe(button("Sign in with a passkey"));
});

test("The greeting says that a passkey was deleted, and a code still works", async () => {
  const { page } = await comeBack();
  const body = { error: "unknown_credential", errorCode: "unknown_credential" };
  page.breakNetwork("/verify/passkey", { status: 400, body: JSON.stringify(body) });
  button("Sign in with a passkey").click();
  await reads(page, "This passkey was removed from your account. Continue with email.");
  button("Email me a code").click();
  await eventually(() => field("Code"));
});

test("From the greeting, an unanswered prompt can be cancelled, and a code can be sent meanwhile", async () => {
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

test("Too many code requests disable their button, and the passkey button still works", async () => {
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

test("Deleting the last passkey ends the greeting", async () => {
  const { page } = await comeBack();
  button("Sign in with a passkey").click();
  (await shown("Delete")).click();
  (await shown("Delete passkey")).click();
  await reads(page, "You have no passkeys yet.");
  expect(localStorage.getItem("passkeys.account")).toBeNull();
});

test("Without storage or passkeys the field is shown instead of the greeting", async () => {
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

test("Picking another account's passkey in the prompt signs in to that account and greets it next time", async () => {
  const { page, email } = await comeBack();
  const { user } = await withPasskey(page.authenticator);
  button("Sign in with a passkey").click();
  await reads(page, user.email);
  expect(page.text()).not.toContain(email);
  expect(localStorage.getItem("passkeys.account")).toBe(user.email);
});

test("a passkey that was removed from the account is forgotten by the greeting, and a code leads to an offer", async () => {
  const { page, email } = await comeBack();
  const agent = stack.agent();
  stack.advance(60_000);
  await stack.signInWithOtp(agent, email);
  const [passkey] = (await agent.get("/api/passkeys").expect(200)).body;
  await stack.enrollPasskey(agent, createSoftAuthenticator());
  await agent.delete(`/api/passkeys/${passkey.id}`).expect(204);

  button("Sign in with a passkey").click();
  await reads(page, "This passkey was removed from your account. Continue with email.");
  expect(localStorage.getItem("passkeys.account")).toBeNull();
  stack.advance(60_000);
  button("Email me a code").click();
  await eventually(() => field("Code"));
  type(field("Code"), await stack.readCode(email));
  button("Continue").click();
  await shown("Create a passkey");
});

test("a person who signs in with the passkey of another account than the greeted one is told so", async () => {
  const { page, email } = await comeBack();
  localStorage.setItem("passkeys.account", "somebody.else@example.com");
  await page.load();
  await reads(page, "somebody.else@example.com");
  button("Sign in with a passkey").click();
  await reads(page, "You used a passkey of another account, and are signed in to that one.");
  await reads(page, `Signed in as ${email}`);
});
