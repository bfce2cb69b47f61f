/**
 * Finds the browser for the browser tests, whatever the machine: Chromium or Chrome where the system keeps them,
 * or where playwright downloads them. Where there is none, the ordinary ways of getting one are tried once.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const howToGetOne =
  "No Chromium or Chrome was found for the browser tests: install one (Debian: `apt-get install chromium`; " +
  "anywhere: `npx playwright-core install chromium`), or set CHROMIUM_PATH to the executable of yours.";

/** Headless, and quiet on the network: a browser's own background requests are no part of any test. */
const flags = [
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts the browser with a fresh profile. Throws one sentence that says how to get a browser, if there is none.
 * @param switches of this one browser, such as `--host-resolver-rules=MAP example.com 127.0.0.1`
 */
export async function launchChromium(switches: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(howToGetOne);
  const args = [...flags, ...switches, ...(isRoot() ? ["--no-sandbox"] : [])];
  return chromium.launch({ executablePath, args });
}

/** Where no browser is found, tries to get one. Says nothing when that fails: `launchChromium` does. */
export function provideChromium(): void {
  if (process.env.CHROMIUM_PATH || findChromium() !== null) return;
  for (const [command, ...args] of waysToGetOne()) {
    // Its output is shown, because a download may take minutes.
    const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    if (status === 0 && findChromium() !== null) return;
  }
}

/** The executable of a Chromium or Chrome on this machine, or null. `CHROMIUM_PATH` outranks every other place. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM_PATH;
  const places = named ? [named] : [...usualPlaces(), chromium.executablePath()];
  return places.find((path) => existsSync(path)) ?? null;
}

function usualPlaces(): readonly string[] {
  switch (process.platform) {
    case "darwin":
      return ["Google Chrome", "Chromium"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
    case "win32":
      return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((variable) => {
        const folder = process.env[variable];
        return folder === undefined ? [] : [join(folder, "Google", "Chrome", "Application", "chrome.exe")];
      });
    default:
      return [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/usr/bin/google-chrome-stable",
        "/snap/bin/chromium",
      ];
  }
}

function waysToGetOne(): readonly (readonly [string, ...string[]])[] {
  const playwright = createRequire(import.meta.url).resolve("playwright-core/package.json");
  const download = [process.execPath, join(playwright, "..", "cli.js"), "install", "chromium"] as const;
  if (!isRoot() || !existsSync("/usr/bin/apt-get")) return [download];
  const install = "apt-get update -q && apt-get install -q -y --no-install-recommends chromium";
  return [["sh", "-c", `DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; ${install}`], download];
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
