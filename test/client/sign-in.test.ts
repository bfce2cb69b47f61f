// @vitest-environment jsdom
/** The sign-in view alone: its two ways to sign in. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../client/http/api.ts";
import { mountSignIn, type SignInDeps } from "../../client/views/sign-in/sign-in.ts";
import { failureOf } from "../../client/words/ceremony-failures.ts";
import { type Failure, noFailure } from "../../client/words/failures.ts";
import { button, field, openPage, type, visibleText } from "./page.ts";

let root: HTMLElement;
let dispose: (() => void) | undefined;
const sent: string[] = [];

beforeEach(() => {
  root = openPage();
  sent.length = 0;
});
afterEach(() => dispose?.());

function open(deps: Partial<SignInDeps> = {}): void {
  dispose = mountSignIn(root, {
    email: "",
    notice: null,
    canUsePasskeys: true,
    keepEmail: () => {},
    sendCode: async (email) => {
      sent.push(email);
    },
    hasCodes: async () => true,
    signInWithPasskey: async () => failureOf("cancelled", "button"),
    cancelCeremony: () => {},
    onAutofill: () => {},
    ...deps,
  });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function submit(email: string): Promise<void> {
  type(field("Email address"), email);
  button("Continue").click();
  await settled();
}

test("Continue sends the address without surrounding spaces", async () => {
  open();
  await submit(" ada@example.com ");
  expect(sent).toEqual(["ada@example.com"]);
});

test.each([
  ["", "Enter your email address."],
  ["ada", "Enter an email address like name@example.com."],
])("The address %j is not sent, and the field says why", async (typed, words) => {
  open();
  await submit(typed);
  expect(sent).toEqual([]);
  const email = field("Email address");
  const description = document.getElementById(email.getAttribute("aria-describedby") ?? "");
  expect(description?.textContent).toBe(words);
  expect(email.getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(email);
});

test("a fault of the page is not called a missing connection, is reported, and does not leave the view busy", async () => {
  const fault = new TypeError("x is undefined");
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  open({ sendCode: () => Promise.reject(fault) });
  await submit("ada@example.com");
  expect(visibleText(root)).toContain("Something is wrong with this page. Reload it and try again.");
  expect(reported).toHaveBeenCalledWith(fault);
  expect(button("Continue").getAttribute("aria-busy")).toBe("false");
  vi.unstubAllGlobals();
});

test("an accent before the @, which our server refuses, is explained", async () => {
  open({ sendCode: () => Promise.reject(new ApiError("validation_failed")) });
  await submit("josé@example.com");
  expect(visibleText(root)).toContain("Before the @, an address can have letters without accents only.");
});

test("an address in full-width letters is sent as it was meant", async () => {
  open();
  await submit("ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ");
  expect(sent).toEqual(["ada@example.com"]);
});

test("If the service cannot be reached, the address stays and the field is not marked", async () => {
  open({ sendCode: () => Promise.reject(new ApiError("unreachable")) });
  await submit("ada@example.com");
  expect(visibleText(root)).toContain("Cannot reach the sign-in service.");
  expect(field("Email address").value).toBe("ada@example.com");
  expect(field("Email address").getAttribute("aria-invalid")).toBe("false");
});

test("A cancelled prompt shows a neutral line, and the focus returns to the passkey button", async () => {
  open();
  button("Sign in with a passkey").click();
  await settled();
  expect(visibleText(root)).toContain("No passkey used. Try again, or continue with email.");
  expect(document.activeElement).toBe(button("Sign in with a passkey"));
});

test("While the prompt is open there is a way to cancel", async () => {
  let end: (failure: Failure) => void = () => {};
  open({
    signInWithPasskey: () => new Promise((resolve) => (end = resolve)),
    cancelCeremony: () => end(noFailure),
  });
  button("Sign in with a passkey").click();
  expect(visibleText(root)).toContain("Waiting for your device…");
  button("Cancel").click();
  await settled();
  expect(visibleText(root)).not.toContain("Waiting");
  expect(root.querySelector('[role="alert"]')?.textContent).toBe("");
});

test("A second click on the passkey button opens no second prompt", () => {
  let asked = 0;
  open({
    signInWithPasskey: () => {
      asked += 1;
      return new Promise(() => {});
    },
  });
  button("Sign in with a passkey").click();
  button("Sign in with a passkey").click();
  expect(asked).toBe(1);
});

test("Continue ends an open prompt and sends the code", async () => {
  let end: (failure: Failure) => void = () => {};
  open({
    signInWithPasskey: () => new Promise((resolve) => (end = resolve)),
    cancelCeremony: () => end(noFailure),
  });
  button("Sign in with a passkey").click();
  await submit("ada@example.com");
  expect(sent).toEqual(["ada@example.com"]);
});

test("The announcement that a code is being sent survives the end of the prompt", async () => {
  let end: (failure: Failure) => void = () => {};
  open({
    signInWithPasskey: () => new Promise((resolve) => (end = resolve)),
    cancelCeremony: () => end(noFailure),
    sendCode: () => new Promise(() => {}),
  });
  button("Sign in with a passkey").click();
  await submit("ada@example.com");
  expect(document.getElementById("status")?.textContent).toBe("Sending you a code…");
});

test("A browser without passkeys gets a sentence and the email field", () => {
  open({ canUsePasskeys: false });
  expect(visibleText(root)).toContain("This browser cannot use passkeys. Sign in with your email address.");
  expect(() => button("Sign in with a passkey")).toThrow();
  expect(button("Continue")).toBeInstanceOf(HTMLButtonElement);
});

test("The address typed before is in the field again", () => {
  open({ email: "ada@example.com" });
  expect(field("Email address").value).toBe("ada@example.com");
});
