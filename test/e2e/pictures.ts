/**
 * The pictures that the READMEs show: which stops of the tour they are, and whether they are older than what they show.
 * A picture itself cannot tell: fonts differ from machine to machine, and the account shows dates.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { type Look, startApp } from "./app.ts";
import { looks } from "./looks.ts";
import { takeTour } from "./tour.ts";

const client = fileURLToPath(new URL("../../client/", import.meta.url));
const shown = join(client, "screenshots");
const stamp = join(shown, "taken-of.txt");
/** What decides the look of the pictures: a view only fills the markup of index.html. */
const sources = ["index.html", "icons", "words/languages/en", "styles"];
const viewport = { width: 900, height: 800 };

const forReadme: Readonly<Record<string, Look>> = {
  light: { viewport, colorScheme: "light" },
  dark: { viewport, colorScheme: "dark" },
};

/** The stops that a README shows, by look. */
const inReadme: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  light: { "sign-in": "sign-in", "create-a-passkey": "create-a-passkey", "step-up": "step-up" },
  dark: { account: "account-dark" },
};

/** Whether anything that the pictures show has changed since they were taken. */
export function arePicturesStale(): boolean {
  return readFileSync(stamp, "utf8") !== stampNow();
}

/** @param everything a folder for a picture of every view and state in every look, to look at */
export async function takePictures(everything?: string): Promise<void> {
  for (const [look, options] of Object.entries(
    everything === undefined ? forReadme : { ...forReadme, ...looks },
  )) {
    const app = await startApp();
    const visit = async (stop: string, page: Page) => {
      const name = inReadme[look]?.[stop];
      if (name !== undefined) await shoot(page, join(shown, `${name}.png`), false);
      if (everything === undefined) return;
      mkdirSync(join(everything, look), { recursive: true });
      // A dialog belongs to what can be seen, everything else to the whole page.
      const isDialog = (await page.getByRole("dialog").count()) > 0;
      await shoot(page, join(everything, look, `${stop}.png`), !isDialog);
    };
    try {
      await takeTour(app, options, visit);
    } finally {
      await app.close();
    }
  }
  writeFileSync(stamp, stampNow());
}

async function shoot(page: Page, path: string, fullPage: boolean): Promise<void> {
  await page.screenshot({ path, fullPage, animations: "disabled", caret: "hide" });
}

function stampNow(): string {
  const hash = createHash("sha256");
  for (const path of sources.flatMap((source) => filesIn(join(client, source)))) {
    hash.update(withoutComments(readFileSync(path, "utf8").replaceAll("\r\n", "\n")));
  }
  return `${hash.digest("hex")}\n`;
}

/** Comments change nothing that can be seen. What only looks like one stays out of the stamp, which is no harm. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|^\s*\/\/.*$/gm, "").replace(/\n\s*\n/g, "\n");
}

function filesIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
