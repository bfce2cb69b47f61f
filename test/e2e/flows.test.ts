/** The main job in a real browser: an e-mail code, a passkey, and back in with the button and by autofill. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type App,
  button,
  enterCode,
  heading,
  passkeys,
  signInWithCode,
  signOut,
  signUp,
  startApp,
} from "./app.ts";

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

test("a person creates a passkey from a new address, signs out, and signs in again by button and by autofill", async () => {
  const { page, authenticator, autofillArmed, pickFromAutofill, complaints } = await app.open();
  const email = app.stack.newAddress();

  await signUp(page, app.stack, email);
  expect(await page.getByText(email).isVisible()).toBe(true);
  await expect.poll(() => passkeys(page).count()).toBe(1);
  expect(await authenticator.countCredentials()).toBe(1);

  await signOut(page);
  await button(page, "Sign in with a passkey").click();
  await heading(page, "Your account").waitFor();
  expect(await page.getByText(email).isVisible()).toBe(true);

  await signOut(page);
  await autofillArmed();
  await pickFromAutofill();
  await heading(page, "Your account").waitFor();
  expect(await page.getByText(email).isVisible()).toBe(true);

  expect(complaints).toEqual([]);
  expect(app.stack.leaks()).toEqual([]);
});

test("the offer of a passkey can wait, and the passkey is added later from the account", async () => {
  const { page, complaints } = await app.open();
  await signInWithCode(page, app.stack, app.stack.newAddress());
  await button(page, "Not now").click();
  await heading(page, "Your account").waitFor();

  await button(page, "Add a passkey").click();
  await page.getByRole("button", { name: /^This device/ }).click();
  await expect.poll(() => passkeys(page).count()).toBe(1);
  expect(complaints).toEqual([]);
});

test("a session survives a reload, and ends with signing out", async () => {
  const { page } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await page.reload();
  await heading(page, "Your account").waitFor();
  await signOut(page);
  await page.goto(`${app.stack.origin}/account`);
  await heading(page, "Welcome back").waitFor();
});

test("a wrong code can be put right", async () => {
  const { page } = await app.open();
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  const field = page.getByLabel("Code", { exact: true });
  await field.waitFor();
  const code = await app.stack.readCode(email);
  await field.fill(code === "123456" ? "654321" : "123456");
  await button(page, "Continue").click();
  await expect
    .poll(() => page.getByRole("alert").allTextContents())
    .toContainEqual(expect.stringMatching(/code/));
  await field.fill(code);
  await button(page, "Continue").click();
  await heading(page, "Create a passkey?").waitFor();
});

test("signing in works with the keyboard alone", async () => {
  const { page } = await app.open();
  const email = app.stack.newAddress();
  await page.keyboard.press("Tab");
  while (!(await page.getByLabel("Email address").evaluate((field) => field === document.activeElement))) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.type(email);
  await page.keyboard.press("Enter");
  await heading(page, "Check your email").waitFor();
  await page.getByLabel("Code", { exact: true }).focus();
  await page.keyboard.type(await app.stack.readCode(email));
  await page.keyboard.press("Enter");
  await heading(page, "Create a passkey?").waitFor();
  await button(page, "Create a passkey").focus();
  await page.keyboard.press("Enter");
  await heading(page, "Your account").waitFor();
});

test("on a small screen each view begins at its top, however far the one before it was scrolled", async () => {
  const { page } = await app.open({ viewport: { width: 320, height: 400 } });
  const scrolled = () => page.evaluate(() => Math.round(scrollY));
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await page.getByLabel("Code", { exact: true }).fill(await app.stack.readCode(email));
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  expect(await scrolled()).toBeGreaterThan(100);
  await button(page, "Continue").click();
  await heading(page, "Create a passkey?").waitFor();
  expect(await scrolled()).toBe(0);
});

test("README names everything that a browser keeps", async () => {
  const { page } = await app.open();
  const kept = new Set<string>();
  const look = async () => {
    for (const { name } of await page.context().cookies()) kept.add(name);
    for (const name of await page.evaluate(() => Object.keys(localStorage))) kept.add(name);
  };
  const email = app.stack.newAddress();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await page.getByLabel("Code", { exact: true }).waitFor();
  await look();
  await enterCode(page, app.stack, email);
  await button(page, "Create a passkey").click();
  await heading(page, "Your account").waitFor();
  await button(page, "Deutsch").click();
  await heading(page, "Ihr Konto").waitFor();
  await look();
  const readme = readFileSync(`${import.meta.dirname}/../../README.md`, "utf8");
  expect([...kept].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  expect([...kept]).toEqual(expect.arrayContaining(["passkeys_session_code", "passkeys.language"]));
});
