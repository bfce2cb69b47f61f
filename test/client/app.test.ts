/** The whole app over the real SDK and the real stack: navigation and failures. */
import { expect, test } from "vitest";
import type { TestBrowser } from "./browser.ts";
import { button, eventually, field, type } from "./page.ts";
import { accountShown, open, reads, shown, stack, withPasskey } from "./suite.ts";

const challenges = (page: TestBrowser) =>
  page.requests.filter((request) => request.endsWith("/client/challenge")).length;

test("A click on the passkey button sends no request before the prompt", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  const before = page.requests.length;
  page.silencePrompts();
  button("Sign in with a passkey").click();
  await eventually(() => expect(page.prompts).toContain("modal"));
  expect(page.requests.slice(before)).toEqual([]);
});

test("the button and autofill share one challenge, and it serves until a passkey has answered", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  expect(challenges(page)).toBe(1);
  page.breakPrompts(new DOMException("declined", "NotAllowedError"));
  for (const clicks of [1, 2]) {
    (await shown("Sign in with a passkey")).click();
    await eventually(() => expect(page.prompts.filter((prompt) => prompt === "modal")).toHaveLength(clicks));
    await page.autofill.whenPending();
  }
  expect(challenges(page)).toBe(1);
  page.breakPrompts(null);
  page.breakNetwork("/verify/passkey", "offline");
  (await shown("Sign in with a passkey")).click();
  await reads(page, "Cannot reach the sign-in service.");
  await eventually(() => expect(challenges(page)).toBe(2));
});

test("A prompt that answers neither the request nor its abort can be cancelled, and a code signs in", async () => {
  const page = await open();
  await page.autofill.whenPending();
  page.silencePrompts();
  button("Sign in with a passkey").click();
  (await shown("Cancel")).click();
  await eventually(() => expect(() => button("Cancel")).toThrow());
  await page.signInWithCode(stack.newAddress());
  expect(location.pathname).toBe("/create-passkey");
});

test.each<[string, "offline" | { body: string; status?: number }]>([
  ["the network is gone", "offline"],
  ["a proxy answers with its own page", { body: "<!doctype html><h1>Login</h1>" }],
  ["a proxy answers with an error page", { body: "<h1>502</h1>", status: 502 }],
  ["an empty answer arrives", { body: "" }],
])("If %s, the typed address stays, and trying again works", async (_, fault) => {
  const page = await open();
  page.breakNetwork("/otp/challenge", fault);
  const email = stack.newAddress();
  type(field("Email address"), email);
  button("Continue").click();
  await reads(page, "Cannot reach the sign-in service.");
  expect(field("Email address").value).toBe(email);
  page.breakNetwork("/otp/challenge", null);
  button("Continue").click();
  await eventually(() => expect(location.pathname).toBe("/sign-in/code"));
});

test("If the session request fails, the sign-in view is shown", async () => {
  const page = await open();
  page.breakNetwork("/session", { body: "<h1>Maintenance</h1>", status: 503 });
  await page.load("/");
  expect(button("Continue")).toBeDefined();
});

test("When the network returns, an existing session is picked up again", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  page.breakNetwork("/session", "offline");
  await page.load("/account");
  expect(button("Continue")).toBeDefined();
  page.breakNetwork("/session", null);
  window.dispatchEvent(new Event("online"));
  await accountShown();
});

test("Too many code requests disable Continue and count down on it", async () => {
  const page = await open();
  const title = "Slow down.";
  const limit = { type: "/problems/rate_limited", title, status: 429, code: "rate_limited", requestId: "r" };
  page.breakNetwork("/otp/challenge", { status: 429, body: JSON.stringify({ ...limit, retryAfter: 7 }) });
  type(field("Email address"), stack.newAddress());
  button("Continue").click();
  await reads(page, "Too many tries. Wait 7 seconds, then try again.");
  expect(button("Continue").dataset.wait).toBe("7");
  expect(button("Continue").getAttribute("aria-disabled")).toBe("true");
});

test("A double click on Continue sends one code", async () => {
  const page = await open();
  type(field("Email address"), stack.newAddress());
  button("Continue").click();
  button("Continue").click();
  await eventually(() => expect(location.pathname).toBe("/sign-in/code"));
  expect(page.requests.filter((request) => request.endsWith("/otp/challenge"))).toHaveLength(1);
});

test("A reload of the code view keeps the address and the wait for a new code", async () => {
  const page = await open();
  const email = stack.newAddress();
  type(field("Email address"), email);
  button("Continue").click();
  await eventually(() => field("Code"));
  const { state } = history;
  await page.load("/sign-in/code");
  expect(location.pathname).toBe("/sign-in");
  history.replaceState(state, "", "/sign-in/code");
  window.dispatchEvent(new PopStateEvent("popstate"));
  await reads(page, email);
});

test("Without a session, the paths of other views lead to sign-in", async () => {
  const page = await open();
  for (const path of ["/account", "/create-passkey", "/sign-in/code", "/nowhere"]) {
    await page.load(path);
    expect(location.pathname).toBe("/sign-in");
  }
});

test("A session that ended elsewhere leads to sign-in with a notice", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await accountShown();
  const body = {
    type: "/problems/not_authenticated",
    title: "",
    status: 401,
    code: "not_authenticated",
    requestId: "r",
  };
  page.breakNetwork("/passkeys", { status: 401, body: JSON.stringify(body) });
  await page.load("/account");
  await reads(page, "You have been signed out. Sign in again to go on.");
  expect(location.pathname).toBe("/sign-in");
});

test("An unknown error code of a newer server asks for a reload", async () => {
  const page = await open();
  const body = { type: "/problems/new_rule", title: "New.", status: 409, code: "new_rule", requestId: "r" };
  page.breakNetwork("/otp/challenge", { status: 409, body: JSON.stringify(body) });
  type(field("Email address"), "ada@example.com");
  button("Continue").click();
  await reads(page, "Something is wrong with this page. Reload it and try again.");
});

test("Signing out in one tab leads the other tab to sign-in", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await accountShown();
  const otherTab = new BroadcastChannel("passkeys.session");
  await fetch("/api/session", { method: "DELETE" });
  otherTab.postMessage("changed");
  await reads(page, "You have been signed out.");
  otherTab.close();
});
