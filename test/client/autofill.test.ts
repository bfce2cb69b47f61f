/** Autofill: pending from load, silent in failures, and started again after them. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";
import { type Stack, startStack } from "../kit/start-stack.ts";
import { openBrowser, type TestBrowser, type TestBrowserOptions } from "./browser.ts";
import { button, eventually, field, type } from "./page.ts";

let stack: Stack;
let authenticator: SoftAuthenticator;
let browser: TestBrowser | undefined;

beforeAll(async () => {
  stack = await startStack();
  authenticator = createSoftAuthenticator();
  const agent = stack.agent();
  await stack.signInWithOtp(agent);
  await stack.enrollPasskey(agent, authenticator);
});
afterEach(() => {
  vi.useRealTimers();
  browser?.close();
  browser = undefined;
});
afterAll(() => stack?.close());

async function open(prepare?: TestBrowserOptions["prepare"]): Promise<TestBrowser> {
  browser = await openBrowser(stack, { authenticator, ...(prepare && { prepare }) });
  return browser;
}

const conditional = ({ prompts }: TestBrowser) => prompts.filter((mediation) => mediation === "conditional");
const alerts = () =>
  [...document.querySelectorAll('[role="alert"]')].map(({ textContent }) => textContent).join("");

test("One autofill request is pending after load, without a dialog", async () => {
  const page = await open();
  await page.autofill.whenPending();
  expect(page.prompts).toEqual(["conditional"]);
});

test("Picking a passkey from autofill signs in with two requests", async () => {
  const page = await open();
  await page.autofill.whenPending();
  const before = page.requests.length;
  page.autofill.pick();
  await eventually(() => expect(location.pathname).toBe("/account"));
  expect(page.requests.slice(before, before + 2)).toEqual([
    "POST /v1/client/verify/passkey",
    "POST /api/validate",
  ]);
});

test.each<[string, () => Promise<Record<string, boolean>>]>([
  ["answers no when asked", async () => ({ conditionalGet: false })],
  ["rejects when asked", () => Promise.reject(new DOMException("no", "SecurityError"))],
  ["never answers when asked", () => new Promise(() => {})],
])(
  "If the browser %s whether it has autofill, no autofill request starts and the page works",
  async (_, answer) => {
    const page = await open((target) => {
      target.getClientCapabilities = answer;
    });
    type(field("Email address"), stack.newAddress());
    button("Continue").click();
    await eventually(() => expect(location.pathname).toBe("/sign-in/code"));
    expect(conditional(page)).toEqual([]);
  },
);

test("A click on the passkey button before the browser's answer about autofill prevents the autofill request", async () => {
  let say: (capabilities: Record<string, boolean>) => void = () => {};
  const page = await open((target) => {
    target.getClientCapabilities = () => new Promise((resolve) => (say = resolve));
  });
  page.silencePrompts();
  button("Sign in with a passkey").click();
  await eventually(() => expect(page.prompts).toEqual(["modal"]));
  say({ conditionalGet: true });
  await eventually(() => expect(button("Cancel")).toBeDefined());
  expect(page.prompts).toEqual(["modal"]);
});

test("The passkey button ends the pending autofill request before it prompts, and a cancel starts it again", async () => {
  const page = await open();
  await page.autofill.whenPending();
  // A second request while one is pending would be an OperationError, in the words for "another request is open".
  page.breakPrompts(new DOMException("declined", "NotAllowedError"));
  button("Sign in with a passkey").click();
  await eventually(() => expect(alerts()).toContain("No passkey used."));
  await page.autofill.whenPending();
  expect(page.prompts).toEqual(["conditional", "modal", "conditional"]);
});

test.each([
  "NotAllowedError",
  "AbortError",
  "SecurityError",
  "NotSupportedError",
  "ConstraintError",
  "OperationError",
  "UnknownError",
  "DataError",
  "EncodingError",
])("An autofill request that ends in %s shows nothing, and the other ways to sign in stay", async (name) => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const page = await open();
  await page.autofill.whenPending();
  page.breakAutofill(new DOMException("made up", name));
  await page.load("/");
  await eventually(() => expect(conditional(page).length).toBeGreaterThan(1));
  expect(alerts()).toBe("");
  expect(document.getElementById("status")?.textContent).toBe("");
  expect(button("Sign in with a passkey")).toBeDefined();
});

test("Autofill starts again after a temporary failure", async () => {
  const page = await open();
  await page.autofill.whenPending();
  page.breakAutofill(new DOMException("made up", "UnknownError"));
  await page.load("/");
  await eventually(() => expect(conditional(page).length).toBeGreaterThan(1));
  page.breakAutofill(null);
  await eventually(() => expect(page.autofill.isPending()).toBe(true));
});

test.each([
  [
    "the proof is refused",
    "invalid_credential",
    "This passkey was not accepted. Try again, or continue with email.",
  ],
  ["the challenge was too old", "expired_token", ""],
  ["there were too many requests", "too_many_requests", ""],
  ["Authsignal answers something new", "a_code_of_next_year", "This passkey was not accepted."],
])(
  "If %s after a pick from autofill, the page shows what the person can act on, and autofill starts again",
  async (_, errorCode, words) => {
    const page = await open();
    await page.autofill.whenPending();
    const body = JSON.stringify({ error: errorCode, errorCode });
    page.breakNetwork("/verify/passkey", { status: 400, body });
    page.autofill.pick();
    await eventually(() => expect(page.autofill.isPending()).toBe(true));
    expect(alerts()).toContain(words);
    if (words === "") expect(alerts()).toBe("");
  },
);

test("Autofill starts without an error when the network returns", async () => {
  const page = await open();
  page.breakNetwork("/client/challenge", "offline");
  await page.load("/");
  await eventually(() => expect(page.requests.at(-1)).toContain("/client/challenge"));
  expect(page.autofill.isPending()).toBe(false);
  page.breakNetwork("/client/challenge", null);
  window.dispatchEvent(new Event("online"));
  await page.autofill.whenPending();
  expect(alerts()).toBe("");
});

test("An idle page renews the autofill challenge before it expires, and the passkey still signs in", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  const page = await open();
  await page.autofill.whenPending();
  for (const renewals of [2, 3, 4]) {
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    await eventually(() => expect(conditional(page)).toHaveLength(renewals));
  }
  await page.autofill.whenPending();
  page.autofill.pick();
  await eventually(() => expect(location.pathname).toBe("/account"));
});

test("Picking a deleted passkey from autofill says so, and the password manager removes it", async () => {
  const removed = createSoftAuthenticator();
  const agent = stack.agent();
  await stack.signInWithOtp(agent);
  const { id } = await stack.enrollPasskey(agent, removed);
  await agent.delete(`/api/passkeys/${id}`).expect(204);
  browser = await openBrowser(stack, { authenticator: removed });
  const page = browser;
  await page.autofill.whenPending();
  page.autofill.pick();
  await eventually(() =>
    expect(alerts()).toBe("This passkey was removed from your account. Continue with email."),
  );
  await eventually(() => expect(removed.credentials()).toEqual([]));
});

test("Leaving the sign-in view ends the autofill request, and Back starts it again", async () => {
  const page = await open();
  await page.autofill.whenPending();
  type(field("Email address"), stack.newAddress());
  button("Continue").click();
  await eventually(() => expect(location.pathname).toBe("/sign-in/code"));
  await eventually(() => expect(page.autofill.isPending()).toBe(false));
  history.back();
  await page.autofill.whenPending();
});
