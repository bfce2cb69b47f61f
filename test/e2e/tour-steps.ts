/** What the parts of the tour share. */
import type { Page } from "playwright-core";
import { type App, button, type Look } from "./app.ts";
import type { Say } from "./words.ts";

export type Visit = (stop: string, page: Page) => Promise<void>;

export interface Tour {
  readonly app: App;
  readonly look: Look;
  readonly say: Say;
  readonly visit: Visit;
}

/** AAGUIDs of makes that people know. */
export const makes = {
  icloudKeychain: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd",
  googlePasswordManager: "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4",
  windowsHello: "08987058-cadc-4b81-b6e1-30de50dcbe96",
} as const;

/** To wherever a sign-in with a code leads. */
export async function signInAs(page: Page, app: App, say: Say, email: string): Promise<void> {
  await page.getByLabel(say("signIn.email")).fill(email);
  await button(page, say("signIn.continue")).click();
  const code = page.getByLabel(say("otp.code"), { exact: true });
  await code.waitFor();
  await code.fill(await app.stack.readCode(email));
  await button(page, say("otp.continue")).click();
}
