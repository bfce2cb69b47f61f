/** Takes the pictures that README shows, of the real app in a real browser: `npm run screenshots`. */
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { heading, signInWithCode, signUp, startApp } from "./app.ts";

const folder = fileURLToPath(new URL("../../client/screenshots/", import.meta.url));
const viewport = { width: 900, height: 800 };

const app = await startApp();
try {
  const light = await app.open({ viewport });
  await shoot(light.page, "sign-in");
  await signInWithCode(light.page, app.stack, "jane@example.com");
  await shoot(light.page, "create-a-passkey");

  const dark = await app.open({ viewport, colorScheme: "dark" });
  await signUp(dark.page, app.stack, "john@example.com");
  await heading(dark.page, "Passkeys").waitFor();
  await dark.page.getByRole("listitem").first().waitFor();
  await shoot(dark.page, "account-dark");
} finally {
  await app.close();
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${folder}${name}.png`, animations: "disabled", caret: "hide" });
}
