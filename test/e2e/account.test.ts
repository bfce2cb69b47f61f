/** The account: its passkeys, and the proof that is asked for when the sign-in was a while ago. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, button, enterCode, heading, passkeys, signInWithCode, signUp, startApp } from "./app.ts";

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

/** Longer than a proof is fresh. */
const aWhile = 20 * 60_000;

const dialog = (page: Page) => page.getByRole("dialog");
const choice = (page: Page, name: RegExp) => dialog(page).getByRole("button", { name });
const inDialog = (page: Page, name: string) => dialog(page).getByRole("button", { name, exact: true });
const listed = (page: Page) => expect.poll(() => passkeys(page).count());

test("with a stale session, deleting asks for the passkey first and then goes on by itself", async () => {
  const { page, authenticator, complaints } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await listed(page).toBe(1);
  app.stack.advance(aWhile);

  await button(page, "Delete Passkey").click();
  await dialog(page).getByText("This is your only passkey.").waitFor();
  await inDialog(page, "Delete passkey").click();
  await heading(page, "Confirm it is you").waitFor();
  await inDialog(page, "Use your passkey").click();

  await page.getByText("You have no passkeys yet.").waitFor();
  expect(await dialog(page).count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Passkeys");
  // The password manager was told as well.
  await expect.poll(() => authenticator.countCredentials()).toBe(0);
  expect(complaints.filter((line) => !line.includes("403"))).toEqual([]);
});

test("with a stale session, adding asks for a code where there is no passkey, and returns to adding", async () => {
  const { page } = await app.open();
  const email = app.stack.newAddress();
  await signInWithCode(page, app.stack, email);
  await button(page, "Not now").click();
  await heading(page, "Your account").waitFor();
  app.stack.advance(aWhile);

  await button(page, "Add a passkey").click();
  await heading(page, "Confirm it is you").waitFor();
  expect(await inDialog(page, "Use your passkey").isVisible()).toBe(false);
  await inDialog(page, "Email me a code").click();
  const code = page.getByLabel("Code", { exact: true });
  await code.waitFor();
  await code.fill("12");
  await inDialog(page, "Continue").click();
  await dialog(page).getByText("A code has 6 to 8 digits.").waitFor();
  await code.fill(await app.stack.readCode(email));
  await inDialog(page, "Continue").click();

  await heading(page, "Confirm it is you").waitFor({ state: "detached" });
  await choice(page, /^This device/).click();
  await listed(page).toBe(1);
});

test("leaving the confirmation leaves everything as it was", async () => {
  const { page } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await listed(page).toBe(1);
  app.stack.advance(aWhile);

  await button(page, "Delete Passkey").click();
  await inDialog(page, "Delete passkey").click();
  await heading(page, "Confirm it is you").waitFor();
  await page.keyboard.press("Escape");
  await heading(page, "Confirm it is you").waitFor({ state: "detached" });
  await heading(page, "Delete passkey “Passkey”?").waitFor();
  await page.keyboard.press("Escape");
  await listed(page).toBe(1);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
    "Delete Passkey",
  );
});

test("a passkey is renamed in place, with the keyboard", async () => {
  const { page } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await button(page, "Rename Passkey").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("My laptop");
  await page.keyboard.press("Enter");
  await button(page, "Rename My laptop").waitFor();
  await page.reload();
  await button(page, "Rename My laptop").click();
  await page.keyboard.press("Escape");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
    "Rename My laptop",
  );
});

test("a name without a visible character is refused in the field", async () => {
  const { page } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await button(page, "Rename Passkey").click();
  const name = page.getByLabel("Name", { exact: true });
  await name.fill(" ");
  await button(page, "Save").click();
  await page.getByText("Enter a name.").waitFor();
  await name.fill("turned\u202earound");
  await button(page, "Save").click();
  await page.getByText("Use a name of up to 64 ordinary characters.").waitFor();
  expect(await name.inputValue()).toBe("turned\u202earound");
});

test("a passkey that this device has already is neither an error nor a second one", async () => {
  const { page } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await button(page, "Add a passkey").click();
  await choice(page, /^This device/).click();
  await dialog(page).getByText("This device already has a passkey for you.").waitFor();
  await inDialog(page, "Close").click();
  await listed(page).toBe(1);
});

test("“Don’t ask again” is kept on the account, and can be taken back", async () => {
  const { page } = await app.open();
  const email = app.stack.newAddress();
  await signInWithCode(page, app.stack, email);
  await button(page, "Don’t ask again").click();
  await heading(page, "Your account").waitFor();

  const signInAgain = async () => {
    await button(page, "Sign out").click();
    await page.getByLabel("Email address").fill(email);
    await button(page, "Continue").click();
    await enterCode(page, app.stack, email);
  };
  app.stack.advance(400 * 24 * 60 * 60_000);
  await page.reload();
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await page.getByLabel("Code", { exact: true }).waitFor();
  await enterCode(page, app.stack, email);
  await heading(page, "Your account").waitFor();

  await page.getByText("Passkey suggestions").click();
  await button(page, "Ask me again").click();
  await page.getByText("We may ask again after you sign in.").waitFor();
  app.stack.advance(60_000);
  await signInAgain();
  await heading(page, "Create a passkey?").waitFor();
});
