/** What the person reads, and where they can go on, in unusual cases around the sign-in. */
import { expect, test } from "vitest";
import { button, eventually, field, type } from "./page.ts";
import { accountShown, open, reads, shown, stack, withPasskey } from "./suite.ts";

const status = () => document.getElementById("status")?.textContent;

test.each(["ada@company", "a..b@example.com", ".ada@example.com", `${"a".repeat(65)}@example.com`])(
  "The address %s, which our server rejects, marks the field",
  async (address) => {
    const page = await open();
    type(field("Email address"), address);
    button("Continue").click();
    await reads(page, "Enter an email address like name@example.com.");
    expect(field("Email address").getAttribute("aria-invalid")).toBe("true");
    expect(document.activeElement).toBe(field("Email address"));
    expect(page.text()).not.toContain("wrong with this page");
  },
);

test("A browser that blocks the session cookie is told to allow cookies", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  const body = JSON.stringify({
    type: "/problems/not_authenticated",
    title: "",
    status: 401,
    code: "not_authenticated",
    requestId: "r",
  });
  page.breakNetwork("/api/passkeys", { status: 401, body });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await reads(page, "Allow cookies for this site, then sign in again.");
  expect(status()).toContain("Allow cookies");
});

test("An announcement of one view is removed in the next", async () => {
  const page = await open();
  type(field("Email address"), stack.newAddress());
  button("Continue").click();
  expect(status()).toBe("Sending you a code…");
  await eventually(() => field("Code"));
  expect(status()).toBe("");
  page.close();
});

test("The end of a session is announced as well", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await accountShown();
  await eventually(() => expect(page.requests).toContain("GET /api/passkeys"));
  await reads(page, "You have no passkeys yet.");
  await fetch("/api/session", { method: "DELETE" });
  document.dispatchEvent(new Event("visibilitychange"));
  await reads(page, "You have been signed out.");
  expect(status()).toBe("You have been signed out. Sign in again to go on.");
});

test("A session answer from before a sign-in does not end the new session", async () => {
  const page = await open();
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked = () => page.requests.filter((request) => request === "GET /api/session").length;
  const before = asked();
  page.breakNetwork("/api/session", { until, body: '{"user":null}' });
  document.dispatchEvent(new Event("visibilitychange"));
  await eventually(() => expect(asked()).toBeGreaterThan(before));
  page.breakNetwork("/api/session", null);
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await reads(page, "You have no passkeys yet.");
  release();
  await until;
  await new Promise((resolve) => setTimeout(resolve));
  expect(location.pathname).toBe("/account");
  expect(button("Sign out")).toBeDefined();
});

test("Back does not return to the code view of an address that was replaced", async () => {
  await open();
  const given = stack.newAddress();
  type(field("Email address"), given);
  button("Continue").click();
  const leave = await shown("Use another address");
  const steps = history.length;
  leave.click();
  await eventually(() => field("Email address"));
  expect(history.length).toBe(steps);
  expect(JSON.stringify(history.state)).not.toContain(given);
});

test("Changing the language keeps a half-typed code", async () => {
  const page = await open();
  await eventually(() => button("Deutsch"));
  type(field("Email address"), stack.newAddress());
  button("Continue").click();
  await eventually(() => field("Code"));
  type(field("Code"), "123");
  button("Deutsch").click();
  await reads(page, "Prüfen Sie Ihre E-Mails");
  await eventually(() => expect(field("Code").value).toBe("123"));
  button("English").click();
  await reads(page, "Check your email");
});

test("Continue stays busy until the next view is shown", async () => {
  const page = await open();
  type(field("Email address"), stack.newAddress());
  const submit = button("Continue");
  submit.click();
  expect(submit.getAttribute("aria-busy")).toBe("true");
  await eventually(() => field("Code"));
  expect(submit.getAttribute("aria-busy")).toBe("true");
  page.close();
});

/** Successful answers that are not our API's. */
const strange = [
  ["A page", { body: "<!doctype html><h1>Login</h1>" }],
  ["Other JSON", { body: '{"ok":true}' }],
] as const;
const unreachable = "Cannot reach the sign-in service.";

test.each(strange)(
  "%s instead of the answer for a sent code does not open the code view",
  async (_, fault) => {
    const page = await open();
    page.breakNetwork("/otp/challenge", fault);
    type(field("Email address"), stack.newAddress());
    button("Continue").click();
    await reads(page, unreachable);
    expect(location.pathname).toBe("/sign-in");
  },
);

test.each(strange)("%s instead of a session does not sign in", async (_, fault) => {
  const page = await open();
  page.breakNetwork("/api/session", fault);
  await page.load("/account");
  expect(button("Continue")).toBeDefined();
});

test.each(strange)("%s instead of the answer to a sign-out does not sign out", async (_, fault) => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await accountShown();
  page.breakNetwork("/api/session", fault);
  button("Sign out").click();
  await reads(page, unreachable);
  expect(location.pathname).toBe("/account");
});

test.each(strange)("%s instead of the passkeys does not look like an empty account", async (_, fault) => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  page.breakNetwork("/api/passkeys", fault);
  (await shown("Not now")).click();
  await reads(page, "Your passkeys could not be loaded.");
  page.breakNetwork("/api/passkeys", null);
  (await shown("Try again")).click();
  await reads(page, "You have no passkeys yet.");
});

test("A page instead of the answer to Ask me again shows an error", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Don’t ask again")).click();
  await accountShown();
  page.breakNetwork("/passkey-offer", strange[0][1]);
  button("Ask me again").click();
  await reads(page, unreachable);
});

test("On a related origin, a browser that does not know those shows no passkey button", async () => {
  const page = await open({
    prepare(target) {
      target.getClientCapabilities = async () => ({ conditionalGet: true, relatedOrigins: false });
    },
  });
  const config = await (await fetch("/api/config")).json();
  page.breakNetwork("/api/config", { status: 200, body: JSON.stringify({ ...config, rpId: "example.org" }) });
  await page.load("/");
  await reads(page, "This browser cannot use passkeys. Sign in with your email address.");
  expect(() => button("Sign in with a passkey")).toThrow();
});
