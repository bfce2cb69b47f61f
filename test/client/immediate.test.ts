/** The passkey button where the browser can answer at once, without a QR code for a phone. */
import { expect, test } from "vitest";
import type { BrowserWebAuthn } from "../kit/navigator-credentials.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { button, eventually, field } from "./page.ts";
import { accountShown, open, reads, shown, withPasskey } from "./suite.ts";

const otherDevice = "Use a phone or a security key";

function canAnswerAtOnce(target: BrowserWebAuthn["PublicKeyCredential"]): void {
  const { getClientCapabilities } = target;
  target.getClientCapabilities = async () => ({
    ...(await getClientCapabilities.call(target)),
    immediateGet: true,
  });
}

test("Where no passkey is on the device, the button leads to the email field at once, and then to other devices", async () => {
  const page = await open({ prepare: canAnswerAtOnce });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await reads(page, "No passkey used. Continue with email, or use a phone or a security key.");
  expect(page.prompts.slice(0, 2)).toEqual(["conditional", "immediate"]);
  expect(document.activeElement).toBe(field("Email address"));
  expect(document.querySelector(".failure[data-tone=quiet]")).not.toBeNull();
  // Autofill waits again, and the next click is an ordinary request.
  await eventually(() => expect(page.prompts.at(-1)).toBe("conditional"));
  button(otherDevice).click();
  await reads(page, "No passkey used. Try again, or continue with email.");
  expect(page.prompts.filter((prompt) => prompt !== "conditional")).toEqual(["immediate", "modal"]);
});

test("Where a passkey is on the device, the button signs in by an immediate request, after autofill has ended", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator, prepare: canAnswerAtOnce });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await accountShown();
  expect(page.prompts).toEqual(["conditional", "immediate"]);
});

test("In Welcome back, the way to go on without a passkey on this device is the code", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator, prepare: canAnswerAtOnce });
  await page.autofill.whenPending();
  page.autofill.pick();
  (await accountShown()).click();
  await reads(page, "You are signed out.");
  page.breakPrompts(new DOMException("None.", "NotAllowedError"));
  await page.load("/");
  (await shown("Sign in with a passkey")).click();
  await reads(page, "No passkey used. Continue with email, or use a phone or a security key.");
  expect(document.activeElement).toBe(button("Email me a code"));
  expect(button(otherDevice)).toBeDefined();
});

test("In a browser that cannot answer at once, the button asks as before", async () => {
  const page = await open({ authenticator: createSoftAuthenticator() });
  await page.autofill.whenPending();
  button("Sign in with a passkey").click();
  await reads(page, "No passkey used. Try again, or continue with email.");
  expect(page.prompts.filter((prompt) => prompt !== "conditional")).toEqual(["modal"]);
});
