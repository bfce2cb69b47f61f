/**
 * A walk through every view and state of the app, over the real stack. Whoever takes it is called at each stop:
 * the accessibility checks, the layout checks and the pictures all look at the same stops. An app serves one tour.
 */
import type { Page } from "playwright-core";
import type { PasskeyPageOptions } from "../kit/passkey-page.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { type App, button, comeBackLater, heading, passkeys } from "./app.ts";

export type Visit = (stop: string, page: Page) => Promise<void>;

const aWhile = 20 * 60_000;

/** AAGUIDs of makes that people know. */
const makes = {
  icloudKeychain: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd",
  googlePasswordManager: "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4",
  windowsHello: "08987058-cadc-4b81-b6e1-30de50dcbe96",
} as const;

const code = (page: Page) => page.getByLabel("Code", { exact: true });
const alertWith = (page: Page, words: RegExp) => page.getByText(words).first().waitFor();

export async function takeTour(app: App, options: PasskeyPageOptions, visit: Visit): Promise<void> {
  await signInStops(app, options, visit);
  await offerStops(app, options, visit);
  await accountStops(app, options, visit);
  await welcomeBackStops(app, options, visit);
}

async function signInStops(app: App, options: PasskeyPageOptions, visit: Visit): Promise<void> {
  const { page, authenticator } = await app.open(options);
  await visit("sign-in", page);
  await button(page, "Continue").click();
  await alertWith(page, /Enter your email address/);
  await visit("sign-in-field-error", page);

  await authenticator.setPresence(false);
  await button(page, "Sign in with a passkey").click();
  await alertWith(page, /Waiting for your device/);
  await visit("sign-in-waiting", page);
  await page.locator(".sign-in").getByRole("button", { name: "Cancel" }).click();
  await authenticator.setPresence(true);
  await button(page, "Sign in with a passkey").click();
  await alertWith(page, /No passkey used/);
  await visit("sign-in-cancelled", page);

  const email = "ada@example.com";
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await code(page).waitFor();
  await visit("code", page);
  const right = await app.stack.readCode(email);
  await code(page).fill(right === "123456" ? "654321" : "123456");
  await button(page, "Continue").click();
  await alertWith(page, /not the code we sent/);
  await visit("code-wrong", page);
}

async function offerStops(app: App, options: PasskeyPageOptions, visit: Visit): Promise<void> {
  const { page, authenticator } = await app.open(options);
  await signInAs(page, app, "jane@example.com");
  await heading(page, "Create a passkey?").waitFor();
  await visit("create-a-passkey", page);
  await authenticator.setUserVerified(false);
  await authenticator.setPresence(false);
  await button(page, "Create a passkey").click();
  await alertWith(page, /Waiting for your device/);
  await visit("create-a-passkey-waiting", page);
  await button(page, "Cancel").click();
  await button(page, "Not now").click();
  await heading(page, "Your account").waitFor();
  await alertWith(page, /You have no passkeys yet/);
  await visit("account-empty", page);
}

async function accountStops(app: App, options: PasskeyPageOptions, visit: Visit): Promise<void> {
  const { page } = await app.open(options);
  const email = "john@example.com";
  const agent = app.stack.agent();
  await app.stack.signInWithOtp(agent, email);
  for (const aaguid of Object.values(makes)) {
    const isDeviceBound = aaguid === makes.windowsHello;
    const settings = { aaguid, defaultBackupEligibility: !isDeviceBound };
    await app.stack.enrollPasskey(agent, createSoftAuthenticator(settings));
  }
  app.stack.advance(60_000);
  await signInAs(page, app, email);
  await heading(page, "Create a passkey?").waitFor();
  await button(page, "Not now").click();
  await heading(page, "Your account").waitFor();
  await passkeys(page).nth(2).waitFor();
  await visit("account", page);

  await passkeys(page)
    .nth(0)
    .getByRole("button", { name: /^Rename/ })
    .click();
  await page.getByRole("textbox", { name: "Name" }).fill("");
  await button(page, "Save").click();
  await alertWith(page, /Enter a name/);
  await visit("account-renaming", page);
  await page.keyboard.press("Escape");

  await page.getByText("What are passkeys?").click();
  await page.getByText("Where are passkeys saved?").click();
  await page.getByText("Passkey suggestions").click();
  await visit("account-about", page);

  await button(page, "Add a passkey").click();
  await heading(page, "Add a passkey").waitFor();
  await visit("add-a-passkey", page);
  await page.keyboard.press("Escape");
  await passkeys(page)
    .nth(0)
    .getByRole("button", { name: /^Delete/ })
    .click();
  await visit("delete-a-passkey", page);

  app.stack.advance(aWhile);
  await button(page, "Delete passkey").click();
  await heading(page, "Confirm it is you").waitFor();
  await visit("step-up", page);
  await page.keyboard.press("Escape");
}

async function welcomeBackStops(app: App, options: PasskeyPageOptions, visit: Visit): Promise<void> {
  const { page, authenticator } = await app.open(options);
  await signInAs(page, app, "grace@example.com");
  await button(page, "Create a passkey").click();
  await heading(page, "Your account").waitFor();
  await comeBackLater(page, app.stack);
  await heading(page, "Welcome back").waitFor();
  await visit("welcome-back", page);
  await authenticator.setPresence(false);
  await button(page, "Sign in with a passkey").click();
  await alertWith(page, /Waiting for your device/);
  await visit("welcome-back-waiting", page);
}

/** To wherever a sign-in with a code leads. */
async function signInAs(page: Page, app: App, email: string): Promise<void> {
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await code(page).waitFor();
  await code(page).fill(await app.stack.readCode(email));
  await button(page, "Continue").click();
}

/** A first view with no passkeys in the browser. */
export async function unsupportedStop(app: App, options: PasskeyPageOptions, visit: Visit): Promise<void> {
  const { page } = await app.open(options);
  await page.addInitScript(() => Reflect.deleteProperty(window, "PublicKeyCredential"));
  await page.goto(`${app.stack.origin}/sign-in`);
  await page.getByText("This browser cannot use passkeys.").waitFor();
  await visit("sign-in-unsupported", page);
}
