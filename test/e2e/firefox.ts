/**
 * Finds and starts the Firefox that people have, where the system keeps it. Playwright drives it through WebDriver
 * BiDi: its channel "moz-firefox". There is no virtual authenticator in BiDi, so Marionette is listening as well.
 */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Browser, firefox } from "playwright-core";
import { connectMarionette, type Marionette } from "./marionette.ts";
import { commandLineOf, letColorSchemeFail } from "./playwright-inside.ts";

export const howToGetFirefox =
  "No Firefox was found for the browser tests: install one (Debian: `apt-get install firefox-esr`; elsewhere: " +
  "https://www.firefox.com), or set FIREFOX_PATH to the executable of yours.";

export interface Firefox {
  readonly browser: Browser;
  /** For what BiDi does not have. */
  readonly marionette: Marionette;
  close(): Promise<void>;
}

/** As `about:config` has them. */
export type Preferences = Readonly<Record<string, boolean | number | string>>;

const preferences: Preferences = {
  // Any free port.
  "marionette.port": 0,
  // Virtual authenticators, and no search for real ones.
  "security.webauth.webauthn_enable_softtoken": true,
  "security.webauth.webauthn_enable_usbtoken": false,
};

const patience = 10_000;
const pause = 20;

/** Starts Firefox with a fresh profile. Throws one sentence that says how to get it, if there is none. */
export async function launchFirefox(more: Preferences = {}): Promise<Firefox> {
  const executablePath = findFirefox();
  if (executablePath === null) throw new Error(howToGetFirefox);
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath,
    args: ["-marionette"],
    firefoxUserPrefs: { ...preferences, ...more },
  });
  try {
    letColorSchemeFail(browser);
    const marionette = await connectMarionette(await marionettePortOf(browser));
    return {
      browser,
      marionette,
      async close() {
        // Playwright's way closes the tabs only, and a killing follows after 30 s. Whether the answer still comes
        // does not matter: Playwright waits for the end of the process, and removes the profile.
        const quit = marionette.send("Marionette:Quit", { flags: ["eForceQuit"] }).catch(() => {});
        await Promise.all([quit, browser.close()]);
        marionette.close();
      },
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** The executable of a Firefox on this machine, or null. `FIREFOX_PATH` outranks every other place. */
export function findFirefox(): string | null {
  const named = process.env.FIREFOX_PATH;
  const places = named ? [named] : usualPlaces();
  return places.find((path) => existsSync(path)) ?? null;
}

function usualPlaces(): readonly string[] {
  switch (process.platform) {
    case "darwin":
      return ["/Applications/Firefox.app/Contents/MacOS/firefox"];
    case "win32":
      return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((variable) => {
        const folder = process.env[variable];
        return folder === undefined ? [] : [join(folder, "Mozilla Firefox", "firefox.exe")];
      });
    default:
      return (process.env.PATH ?? "")
        .split(delimiter)
        .flatMap((folder) => [join(folder, "firefox-esr"), join(folder, "firefox")]);
  }
}

/** The port that Marionette has chosen, from the profile. It may be written a moment after Firefox is ready. */
async function marionettePortOf(browser: Browser): Promise<number> {
  const line = commandLineOf(browser);
  const path = join(String(line[line.indexOf("--profile") + 1]), "MarionetteActivePort");
  for (const deadline = Date.now() + patience; Date.now() < deadline; await setTimeout(pause)) {
    const port = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
    if (port > 0) return port;
  }
  throw new Error(`Firefox named no port of Marionette within ${patience} ms.`);
}
