/** What could not be loaded once is loaded by the next click: nobody has to know that a reload would help. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, button, heading, passkeys, signInWithCode, startApp } from "./app.ts";

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

const passkeyPart = /\/assets\/passkey-part-[\w-]+\.js$/;

test("the offer creates a passkey as soon as the SDK can be loaded, and can be left while it cannot", async () => {
  const { page } = await app.open();
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  await signInWithCode(page, app.stack, app.stack.newAddress());
  await page.route(passkeyPart, (route) => route.abort());
  await page.reload();
  await button(page, "Create a passkey").click();
  await page.getByText("Cannot reach the sign-in service.").waitFor();
  await page.unroute(passkeyPart);
  await button(page, "Create a passkey").click();
  await heading(page, "Your account").waitFor();
  await expect.poll(() => passkeys(page).count()).toBe(1);
  expect(complaints).toEqual([]);
});

test("the dialog of the account creates one as soon as the SDK can be loaded, and can be left while it cannot", async () => {
  const { page } = await app.open();
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  await signInWithCode(page, app.stack, app.stack.newAddress());
  await page.route(passkeyPart, (route) => route.abort());
  await page.reload();
  await button(page, "Not now").click();
  await heading(page, "Your account").waitFor();
  await button(page, "Add a passkey").click();
  await page.getByRole("dialog").getByRole("button", { name: "This device" }).click();
  await page.getByRole("dialog").getByText("Cannot reach the sign-in service.").waitFor();
  await page.unroute(passkeyPart);
  await page.getByRole("dialog").getByRole("button", { name: "This device" }).click();
  await passkeys(page).first().waitFor();
  expect(complaints).toEqual([]);
});
