/** How the account looks when things are not of the usual size: long names, large text, small screens. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, button, comeBackLater, enterCode, heading, startApp } from "./app.ts";

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

const dialog = (page: Page) => page.getByRole("dialog");
const inDialog = (page: Page, name: string) => dialog(page).getByRole("button", { name, exact: true });
const widths = [320, 1024] as const;

/** Elements whose content is wider than they are, by more than the margin of a link. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("html, dialog, main *, dialog *")]
      .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 5)
      .filter((element) => !element.matches("input, .visually-hidden"))
      .map(
        (element) => `${element.localName}.${element.className} ${element.textContent?.trim().slice(0, 40)}`,
      ),
  );
}

test.each(widths)("names and addresses as long as they may be fit everywhere at %i px", async (width) => {
  const { page } = await app.open({ viewport: { width, height: 720 } });
  const email = `${"w".repeat(60)}${width}@${"w".repeat(60)}.example`;
  const name = "W".repeat(64);
  const seen: Record<string, string[]> = {};
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await page.getByText(email).waitFor();
  seen.code = await tooWide(page);
  await enterCode(page, app.stack, email);
  await heading(page, "Create a passkey?").waitFor();
  seen.offer = await tooWide(page);
  await button(page, "Create a passkey").click();
  await button(page, "Rename Passkey").click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  seen.renaming = await tooWide(page);
  await button(page, "Save").click();
  await button(page, `Delete ${name}`).waitFor();
  seen.account = await tooWide(page);
  await button(page, `Delete ${name}`).click();
  await inDialog(page, "Delete passkey").waitFor();
  seen.deleting = await tooWide(page);
  app.stack.advance(20 * 60_000);
  await inDialog(page, "Delete passkey").click();
  await inDialog(page, "Email me a code").click();
  await page.getByLabel("Code", { exact: true }).waitFor();
  seen.stepUp = await tooWide(page);
  await comeBackLater(page, app.stack);
  await heading(page, "Welcome back").waitFor();
  seen.welcomeBack = await tooWide(page);
  expect(Object.entries(seen).filter(([, found]) => found.length > 0)).toEqual([]);
});
