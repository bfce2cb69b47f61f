/**
 * Takes the pictures that the READMEs show, and one of every view and state to look at, of the real app in a real
 * browser: `npm run screenshots`, or with a folder for all of them: `… take-screenshots.ts /some/folder`.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { PasskeyPageOptions } from "../kit/passkey-page.ts";
import { startApp } from "./app.ts";
import { takeTour, unsupportedStop } from "./tour.ts";

const shown = fileURLToPath(new URL("../../client/screenshots/", import.meta.url));
const everything = process.argv[2];
const viewport = { width: 900, height: 800 };

const looks = {
  light: { viewport, colorScheme: "light" },
  dark: { viewport, colorScheme: "dark" },
  narrow: { viewport: { width: 320, height: 640 }, colorScheme: "light" },
} as const satisfies Record<string, PasskeyPageOptions>;

/** The stops that a README shows, by look. */
const inReadme: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  light: { "sign-in": "sign-in", "create-a-passkey": "create-a-passkey", "step-up": "step-up" },
  dark: { account: "account-dark" },
};

for (const [look, options] of Object.entries(looks)) {
  const app = await startApp();
  const visit = async (stop: string, page: Page) => {
    const name = inReadme[look]?.[stop];
    if (name !== undefined) await shoot(page, `${shown}${name}.png`, false);
    if (everything === undefined) return;
    mkdirSync(`${everything}/${look}`, { recursive: true });
    // A dialog belongs to what can be seen, everything else to the whole page.
    const isDialog = (await page.getByRole("dialog").count()) > 0;
    await shoot(page, `${everything}/${look}/${stop}.png`, !isDialog);
  };
  try {
    await takeTour(app, options, visit);
    await unsupportedStop(app, options, visit);
  } finally {
    await app.close();
  }
}

async function shoot(page: Page, path: string, fullPage: boolean): Promise<void> {
  await page.screenshot({ path, fullPage, animations: "disabled", caret: "hide" });
}
