/** What the suites of the whole app share: one stack for a file, a fresh browser for a test. */
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { type Stack, startStack } from "../kit/start-stack.ts";
import { openBrowser, type TestBrowser, type TestBrowserOptions } from "./browser.ts";
import { button, eventually } from "./page.ts";

export let stack: Stack;
let browser: TestBrowser | undefined;

beforeAll(async () => {
  stack = await startStack();
});
afterEach(() => {
  browser?.close();
  browser = undefined;
  localStorage.clear();
});
afterAll(() => stack?.close());

export async function open(options: TestBrowserOptions = {}): Promise<TestBrowser> {
  browser = await openBrowser(stack, options);
  return browser;
}

export const shown = (name: string) => eventually(() => button(name));
/** The account view; resolves with its "Sign out". */
export const accountShown = () =>
  eventually(() => {
    expect(document.querySelector("h1")?.textContent).toBe("Your account");
    return button("Sign out");
  });
export const reads = (page: TestBrowser, words: string) =>
  eventually(() => expect(page.text()).toContain(words));

/** An account with a passkey on this authenticator. */
export async function withPasskey(authenticator = createSoftAuthenticator()) {
  const agent = stack.agent();
  const user = await stack.signInWithOtp(agent);
  await stack.enrollPasskey(agent, authenticator);
  return { agent, authenticator, user };
}

/** Requests to this path wait until they are let go. */
export function hold(page: TestBrowser, pathEnd: string): () => void {
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  page.breakNetwork(pathEnd, { until });
  return release;
}
