/** When it does not go well: nobody is blamed for a cancel, and an outage costs no typed word. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, button, heading, passkeys, signInWithCode, signOut, signUp, startApp } from "./app.ts";

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

test("declining to create a passkey is no error and no dead end", async () => {
  const { page, authenticator, complaints } = await app.open();
  await signInWithCode(page, app.stack, app.stack.newAddress());
  await authenticator.setPresence(false);
  await button(page, "Create a passkey").click();
  await button(page, "Cancel").click();
  await expect.poll(() => button(page, "Create a passkey").isEnabled()).toBe(true);
  expect(await page.getByRole("alert").allInnerTexts()).not.toContainEqual(expect.stringMatching(/\S/));

  await authenticator.setPresence(true);
  await button(page, "Create a passkey").click();
  await heading(page, "Your account").waitFor();
  await expect.poll(() => passkeys(page).count()).toBe(1);
  expect(complaints).toEqual([]);
});

test("cancelling a sign-in leaves the view as it was, with autofill on offer again", async () => {
  const { page, authenticator, autofillArmed, complaints } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await signOut(page);
  await autofillArmed();
  await authenticator.setPresence(false);
  await button(page, "Sign in with a passkey").click();
  await button(page, "Cancel").click();
  await autofillArmed();
  expect(await page.getByRole("alert").allInnerTexts()).not.toContainEqual(expect.stringMatching(/\S/));

  await authenticator.setPresence(true);
  await button(page, "Sign in with a passkey").click();
  await heading(page, "Your account").waitFor();
  expect(complaints).toEqual([]);
});

test("a signature over nothing does not sign in", async () => {
  const { page, authenticator } = await app.open();
  await signUp(page, app.stack, app.stack.newAddress());
  await signOut(page);
  await authenticator.bend({ isBogusSignature: true });
  await button(page, "Sign in with a passkey").click();
  await expect
    .poll(() => page.getByRole("alert").allInnerTexts())
    .toContainEqual(expect.stringMatching(/\S/));
  await heading(page, "Sign in to Meadow").waitFor();
});

test("when Authsignal does not answer, the typed address stays and a sentence says so within 6 seconds", async () => {
  const outage = await startApp();
  try {
    const { page } = await outage.open();
    await outage.stack.stopEmulator();
    const email = outage.stack.newAddress();
    await page.getByLabel("Email address").fill(email);
    const began = performance.now();
    await button(page, "Continue").click();
    await expect
      .poll(() => page.getByRole("alert").allInnerTexts(), { timeout: 8000 })
      .toContainEqual(expect.stringMatching(/\S+ \S+ \S+/));
    expect(performance.now() - began).toBeLessThan(6000);
    expect(await page.getByLabel("Email address").inputValue()).toBe(email);
    expect(await button(page, "Continue").isEnabled()).toBe(true);
  } finally {
    await outage.close();
  }
});
