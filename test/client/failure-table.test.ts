/** Causes each failure in each flow, over the real SDK, and checks the words that the person reads. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Stack, startStack } from "../kit/start-stack.ts";
import { type NetworkFault, openBrowser, type TestBrowser } from "./browser.ts";
import { button, eventually } from "./page.ts";

let stack: Stack;
let browser: TestBrowser;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

/** All failures on the page; with a dialog open, its own come last. */
const alertText = () =>
  [...document.querySelectorAll('[role="alert"].failure')].map(({ textContent }) => textContent).join("");
const isIdle = () => document.querySelector('[data-ref="waiting"]:not([hidden])') === null;
const authsignalError = (errorCode: string): NetworkFault => ({
  status: 400,
  body: JSON.stringify({ error: errorCode, errorCode, errorDescription: "no" }),
});

/** A click whose prompt or request fails, up to the words that it ends in. */
async function fail(name: string): Promise<string> {
  button(name).click();
  await eventually(() => expect(isIdle()).toBe(false));
  await eventually(() => expect(isIdle()).toBe(true));
  return alertText();
}

function repair(): void {
  browser.breakPrompts(null);
  for (const pathEnd of ["/verify/passkey", "/user-authenticators/passkey", "/validate"]) {
    browser.breakNetwork(pathEnd, null);
  }
}

const button1 = "Sign in with a passkey";

describe("the passkey button", () => {
  beforeAll(async () => {
    browser = await openBrowser(stack);
    await browser.signInWithCode(stack.newAddress());
    button("Create a passkey").click();
    await eventually(() => button("Add a passkey"));
    button("Sign out").click();
    await eventually(() => button(button1));
  });
  afterEach(repair);
  afterAll(() => browser.close());

  test.each([
    ["NotAllowedError", "No passkey used. Try again, or continue with email."],
    ["AbortError", "No passkey used. Try again, or continue with email."],
    ["SecurityError", "Passkeys are not set up for this website address. Continue with email."],
    ["NotSupportedError", "This device cannot use passkeys. Continue with email."],
    ["ConstraintError", "This device cannot use passkeys. Continue with email."],
    ["OperationError", "Another passkey request is open. Close it and try again, or continue with email."],
    ["UnknownError", "Your device could not finish. Try again, or continue with email."],
    ["DataError", "Your device could not finish. Try again, or continue with email."],
    ["EncodingError", "Your device could not finish. Try again, or continue with email."],
  ])("The passkey button shows its own message for a prompt that ends in %s", async (name, words) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    browser.breakPrompts(new DOMException("made up", name));
    expect(await fail(button1)).toBe(words);
    expect(document.activeElement).toBe(button(button1));
    // The other way in is armed again, and the view is as it was.
    await browser.autofill.whenPending();
    expect(button("Continue")).toBeInstanceOf(HTMLButtonElement);
  });

  test.each<[string, NetworkFault, string]>([
    ["Authsignal refuses the proof", authsignalError("invalid_credential"), "This passkey was not accepted."],
    ["Authsignal is down", "offline", "Cannot reach the sign-in service."],
    ["a proxy answers with its own page", { body: "<html>" }, "Cannot reach the sign-in service."],
    ["a proxy answers with other JSON", { body: '{"ok":true}' }, "Cannot reach the sign-in service."],
    [
      "the passkey was deleted",
      authsignalError("unknown_credential"),
      "This passkey was removed from your account.",
    ],
  ])("The passkey button shows its own message if %s", async (_, fault, words) => {
    browser.breakNetwork("/verify/passkey", fault);
    expect(await fail(button1)).toContain(words);
    const told = browser.signals.filter(([name]) => name === "signalUnknownCredential").length;
    await eventually(() => expect(told > 0 || !words.includes("removed")).toBe(true));
  });

  test("The passkey button signals a deleted passkey to the password manager, and no other failure", () => {
    const told = browser.signals.filter(([name]) => name === "signalUnknownCredential");
    expect(told).toEqual([
      ["signalUnknownCredential", { rpId: "localhost", credentialId: expect.stringMatching(/^[\w-]+$/) }],
    ]);
  });

  test("An error of our own server after the prompt is not shown as a cancel", async () => {
    localStorage.removeItem("passkeys.account");
    await browser.load("/");
    await enrolAnother();
    browser.breakNetwork("/validate", { status: 500, body: problem("internal_error", 500) });
    expect(await fail(button1)).toBe(
      "Something went wrong on our side. Try again. If it keeps happening, quote r-1.",
    );
  });

  test("An expired challenge leads to a second prompt, and then to a message", async () => {
    browser.breakNetwork("/verify/passkey", authsignalError("expired_token"));
    const before = browser.prompts.filter((mediation) => mediation === "modal").length;
    const ended = fail(button1);
    expect(await ended).toBe("That took too long. Try again.");
    expect(browser.prompts.filter((mediation) => mediation === "modal")).toHaveLength(before + 2);
  });

  test("Too many requests disable the passkey button and count down on it", async () => {
    browser.breakNetwork("/verify/passkey", authsignalError("too_many_requests"));
    expect(await fail(button1)).toBe("Too many tries. Wait 30 seconds, then try again.");
    expect(button(button1).dataset.wait).toBe("30");
    const before = browser.prompts.length;
    button(button1).click();
    expect(browser.prompts).toHaveLength(before);
  });

  async function enrolAnother(): Promise<void> {
    await browser.signInWithCode(stack.newAddress());
    await eventually(() => button("Create a passkey"));
    button("Create a passkey").click();
    await eventually(() => button("Add a passkey"));
    button("Sign out").click();
    await eventually(() => button(button1));
  }
});

describe("creating a passkey", () => {
  beforeAll(async () => {
    browser = await openBrowser(stack);
    await browser.signInWithCode(stack.newAddress());
    await eventually(() => button("Create a passkey"));
  });
  afterEach(repair);
  afterAll(() => browser.close());

  test.each([
    ["NotAllowedError", "Not created. You can do it later in your account."],
    ["AbortError", "Not created. You can do it later in your account."],
    ["SecurityError", "Passkeys are not set up for this website address."],
    ["NotSupportedError", "This device cannot create passkeys."],
    ["ConstraintError", "This device cannot create passkeys."],
    ["OperationError", "Another passkey request is open. Close it and try again."],
    ["UnknownError", "Your device could not finish. Try again."],
    ["DataError", "Your device could not finish. Try again."],
    ["EncodingError", "Your device could not finish. Try again."],
  ])("Creating a passkey shows its own message for a prompt that ends in %s", async (name, words) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    browser.breakPrompts(new DOMException("made up", name));
    expect(await fail("Create a passkey")).toBe(words);
    expect(button("Not now")).toBeInstanceOf(HTMLButtonElement);
  });

  test.each<[string, NetworkFault, string, number]>([
    ["Authsignal is down", "offline", "Cannot reach the sign-in service.", 0],
    ["a proxy answers with its own page", { body: "<html>" }, "Cannot reach the sign-in service.", 0],
    [
      "Authsignal refuses the passkey",
      authsignalError("invalid_credential"),
      "The passkey could not be saved.",
      1,
    ],
    ["the options were too old", authsignalError("expired_token"), "That took too long. Try again.", 1],
  ])("Creating a passkey shows its own message if %s", async (_, fault, words, told) => {
    const unknown = () => browser.signals.filter(([name]) => name === "signalUnknownCredential").length;
    const before = unknown();
    browser.breakNetwork("/user-authenticators/passkey", fault);
    expect(await fail("Create a passkey")).toContain(words);
    // Only a definite refusal takes the passkey away that the device has just made.
    expect(unknown() - before).toBe(told);
  });

  test("Too many requests disable the button of the offer, and Not now still works", async () => {
    browser.breakNetwork("/user-authenticators/passkey", authsignalError("too_many_requests"));
    expect(await fail("Create a passkey")).toBe("Too many tries. Wait 30 seconds, then try again.");
    expect(button("Create a passkey").dataset.wait).toBe("30");
    const before = browser.prompts.length;
    button("Create a passkey").click();
    expect(browser.prompts).toHaveLength(before);
    expect(button("Not now")).toBeInstanceOf(HTMLButtonElement);
    await browser.load("/create-passkey");
    await eventually(() => button("Create a passkey"));
  });

  test("A device that already has a passkey leads to the account without a message of success", async () => {
    browser.breakPrompts(new DOMException("excluded", "InvalidStateError"));
    button("Create a passkey").click();
    await eventually(() => expect(location.pathname).toBe("/account"));
    await eventually(() => expect(browser.text()).toContain("This device already has a passkey for you."));
    expect(browser.text()).not.toContain("Passkey created");
  });
});

describe("the step-up", () => {
  const confirm = "Use your passkey";

  let forgotten = 0;
  beforeAll(async () => {
    // A password manager that hears a signal and keeps the passkey: the test goes on with it.
    const forget = async () => {
      forgotten += 1;
    };
    const prepare = (target: object) => Reflect.set(target, "signalUnknownCredential", forget);
    browser = await openBrowser(stack, { prepare });
    await browser.signInWithCode(stack.newAddress());
    (await eventually(() => button("Create a passkey"))).click();
    await eventually(() => button("Delete"));
    stack.advance(20 * 60_000);
    button("Delete").click();
    button("Delete passkey").click();
    await eventually(() => button(confirm));
  });
  afterEach(repair);
  afterAll(() => browser.close());

  test.each([
    ["NotAllowedError", "Not confirmed. Try again."],
    ["AbortError", "Not confirmed. Try again."],
    ["SecurityError", "Passkeys are not set up for this website address."],
    ["NotSupportedError", "This device cannot use passkeys."],
    ["ConstraintError", "This device cannot use passkeys."],
    ["OperationError", "Another passkey request is open. Close it and try again."],
    ["UnknownError", "Your device could not finish. Try again."],
    ["DataError", "Your device could not finish. Try again."],
    ["EncodingError", "Your device could not finish. Try again."],
  ])("The step-up shows its own message for a prompt that ends in %s", async (name, words) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    browser.breakPrompts(new DOMException("made up", name));
    expect(await fail(confirm)).toContain(words);
    expect(document.activeElement).toBe(button(confirm));
  });

  test.each<[string, NetworkFault, string]>([
    [
      "the proof is refused",
      authsignalError("invalid_credential"),
      "This passkey was not accepted. Try again.",
    ],
    ["Authsignal is down", "offline", "Cannot reach the sign-in service."],
  ])("The step-up shows its own message if %s", async (_, fault, words) => {
    browser.breakNetwork("/verify/passkey", fault);
    expect(await fail(confirm)).toContain(words);
  });

  test("The step-up says that a passkey was deleted, and leaves the password manager to the list of accepted ones", async () => {
    browser.breakNetwork("/verify/passkey", authsignalError("unknown_credential"));
    expect(await fail(confirm)).toContain("This passkey was removed from your account. Use another one.");
    expect(forgotten).toBe(0);
  });

  test("After the step-up the interrupted task continues", async () => {
    button(confirm).click();
    await eventually(() => expect(browser.text()).toContain("You have no passkeys yet."));
    expect(document.querySelector("dialog")).toBeNull();
  });
});

function problem(code: string, status: number): string {
  return JSON.stringify({ type: `/problems/${code}`, title: code, status, code, requestId: "r-1" });
}
