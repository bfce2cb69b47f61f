/**
 * The modal flows in the Firefox that people have, with its own WebAuthn. Not here: a passkey picked from autofill,
 * and the Signal API, which Firefox ESR 153 does not have.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { button, enterCode, heading, passkeys, signInWithCode, signOut, signUp } from "./app.ts";
import { findFirefox, howToGetFirefox } from "./firefox.ts";
import { type FirefoxApp, startFirefoxApp } from "./firefox-app.ts";

const isSkipped = findFirefox() === null && !process.env.CI;
if (isSkipped) console.warn(`Skipped: ${howToGetFirefox}`);

/** Longer than a proof is fresh. */
const aWhile = 20 * 60_000;

const dialog = (page: Page) => page.getByRole("dialog");
const inDialog = (page: Page, name: string | RegExp) => dialog(page).getByRole("button", { name });
const listed = (page: Page) => expect.poll(() => passkeys(page).count(), { timeout: 10_000 });

describe.skipIf(isSkipped)("in Firefox", () => {
  let app: FirefoxApp;
  beforeAll(async () => {
    app = await startFirefoxApp();
  });
  afterAll(() => app?.close());

  test("in Firefox a person creates a passkey from a new address, signs out, and signs in again by the button", async () => {
    const { page, authenticator, complaints } = await app.open();
    const email = app.stack.newAddress();

    await signUp(page, app.stack, email);
    expect(await page.getByText(email).isVisible()).toBe(true);
    await listed(page).toBe(1);
    expect(await authenticator.countCredentials()).toBe(1);

    await signOut(page);
    await button(page, "Sign in with a passkey").click();
    await heading(page, "Your account").waitFor();
    expect(await page.getByText(email).isVisible()).toBe(true);

    expect(complaints).toEqual([]);
    expect(app.stack.leaks()).toEqual([]);
  });

  test("a pending autofill request says nothing, and is in the way of neither the button nor the code", async () => {
    const { page, authenticator, autofillArmed, complaints } = await app.open();
    const email = app.stack.newAddress();
    await autofillArmed();
    await signUp(page, app.stack, email);
    await signOut(page);
    await autofillArmed();
    await button(page, "Sign in with a passkey").click();
    await heading(page, "Your account").waitFor();

    await signOut(page);
    await autofillArmed();
    await authenticator.setUserVerified(false);
    await button(page, "Sign in with a passkey").click();
    await page.getByText("No passkey used.").waitFor();
    await autofillArmed();
    expect(complaints).toEqual([]);
  });

  test("after a refused fingerprint the page shows a neutral message, and email or a second try go on from there", async () => {
    const { page, authenticator, complaints } = await app.open();
    await signUp(page, app.stack, app.stack.newAddress());
    await signOut(page);
    await authenticator.setUserVerified(false);
    await button(page, "Sign in with a passkey").click();
    const words = page.getByText("No passkey used. Try again, or continue with email.");
    await words.waitFor();
    expect(await words.getAttribute("data-tone")).toBe("quiet");
    expect(await button(page, "Continue").isEnabled()).toBe(true);

    await authenticator.setUserVerified(true);
    await button(page, "Sign in with a passkey").click();
    await heading(page, "Your account").waitFor();
    expect(complaints).toEqual([]);
  });

  test("a passkey that cannot be created now can be created later, from the account", async () => {
    const { page, complaints } = await app.open({ mayAskForPlatform: true });
    await signInWithCode(page, app.stack, app.stack.newAddress());
    await button(page, "Create a passkey").click();
    await page.getByText("Not created. You can do it later in your account.").waitFor();
    await button(page, "Not now").click();
    await heading(page, "Your account").waitFor();

    // By key: it is where "Not now" was, and a second click there at once is the second half of a double click.
    await button(page, "Add a passkey").press("Enter");
    // This Firefox has a security key and no authenticator of the device.
    await inDialog(page, /^Security key/).click();
    await listed(page).toBe(1);
    expect(complaints).toEqual([]);
  });

  test("a device that has a passkey already gets no second one", async () => {
    const { page, authenticator, complaints } = await app.open();
    await signUp(page, app.stack, app.stack.newAddress());
    await button(page, "Add a passkey").click();
    await inDialog(page, /^This device/).click();
    await dialog(page).getByText("This device already has a passkey for you.").waitFor();
    await inDialog(page, "Close").click();
    await listed(page).toBe(1);
    expect(await authenticator.countCredentials()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test("a security key is a second passkey, and signs in too", async () => {
    const { page, complaints } = await app.open();
    const email = app.stack.newAddress();
    await signUp(page, app.stack, email);
    const key = await app.changeAuthenticator("usb");
    await button(page, "Add a passkey").click();
    await inDialog(page, /^Security key/).click();
    await listed(page).toBe(2);
    expect(await key.countCredentials()).toBe(1);

    await signOut(page);
    await button(page, "Sign in with a passkey").click();
    await heading(page, "Your account").waitFor();
    expect(await page.getByText(email).isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test("where no passkey can live on the device, none is offered", async () => {
    const { page } = await app.open({ transport: "usb" });
    const email = app.stack.newAddress();
    await page.getByLabel("Email address").fill(email);
    await button(page, "Continue").click();
    await enterCode(page, app.stack, email);
    await heading(page, "Your account").waitFor();
  });

  test("a passkey is renamed in place, and deleted after a stale session was confirmed with it", async () => {
    const { page, complaints } = await app.open();
    await signUp(page, app.stack, app.stack.newAddress());
    await button(page, "Rename Firefox on Linux").click();
    await page.getByLabel("Name", { exact: true }).fill("My laptop");
    await page.keyboard.press("Enter");
    await button(page, "Rename My laptop").waitFor();

    app.stack.advance(aWhile);
    await button(page, "Delete My laptop").click();
    await inDialog(page, "Delete passkey").click();
    await heading(page, "Confirm it is you").waitFor();
    await inDialog(page, "Use your passkey").click();
    await page.getByText("You have no passkeys yet.").waitFor();
    expect(await dialog(page).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("at 320 px, less a scroll bar, what can be done with a passkey covers no part of its name", async () => {
    const { page } = await app.open();
    await signUp(page, app.stack, app.stack.newAddress());
    await listed(page).toBe(1);
    // Only now: a click that has to scroll first sometimes misses what it was aimed at.
    await page.setViewportSize({ width: 320, height: 480 });
    expect(await page.evaluate(() => innerWidth - document.documentElement.clientWidth)).toBeGreaterThan(0);
    const name = await passkeys(page).getByText("Firefox on Linux", { exact: true }).boundingBox();
    const action = await button(page, "Rename Firefox on Linux").boundingBox();
    const nameEnd = (name?.x ?? Number.NaN) + (name?.width ?? Number.NaN);
    expect(
      (action?.x ?? 0) >= nameEnd || (action?.y ?? 0) >= (name?.y ?? Number.NaN) + (name?.height ?? 0),
    ).toBe(true);
    expect((action?.x ?? Number.NaN) + (action?.width ?? 0)).toBeLessThanOrEqual(320);
  });

  test("a signature by another key does not sign in", async () => {
    const { page, authenticator } = await app.open();
    await signUp(page, app.stack, app.stack.newAddress());
    await signOut(page);
    await authenticator.forgeKeys();
    await button(page, "Sign in with a passkey").click();
    await page.getByText("This passkey was not accepted. Try again, or continue with email.").waitFor();
    await heading(page, "Sign in to Meadow").waitFor();
  });

  test("a passkey that was deleted elsewhere says so", async () => {
    const { page } = await app.open();
    const email = app.stack.newAddress();
    await signUp(page, app.stack, email);
    await signOut(page);
    const agent = app.stack.agent();
    app.stack.advance(60_000);
    await app.stack.signInWithOtp(agent, email);
    const [passkey] = (await agent.get("/api/passkeys").expect(200)).body;
    await agent.delete(`/api/passkeys/${passkey.id}`).expect(204);

    await button(page, "Sign in with a passkey").click();
    await page.getByText("This passkey was removed from your account. Continue with email.").waitFor();
  });
});

describe.skipIf(isSkipped)("in a Firefox with passkeys switched off", () => {
  let app: FirefoxApp;
  beforeAll(async () => {
    app = await startFirefoxApp({ "security.webauth.webauthn": false });
  });
  afterAll(() => app?.close());

  test("a Firefox with passkeys switched off says so in a sentence, and a code signs in", async () => {
    const { page, complaints } = await app.open();
    await page.getByText("This browser cannot use passkeys. Sign in with your email address.").waitFor();
    expect(await button(page, "Sign in with a passkey").isVisible()).toBe(false);
    const email = app.stack.newAddress();
    await page.getByLabel("Email address").fill(email);
    await button(page, "Continue").click();
    await enterCode(page, app.stack, email);
    await heading(page, "Your account").waitFor();
    await page.getByText("This browser cannot create passkeys.").waitFor();
    expect(complaints).toEqual([]);
  });
});
