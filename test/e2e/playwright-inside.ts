/**
 * Two things of Playwright's own side of a Firefox, which no public method gives. Playwright is pinned to one version;
 * if a newer one moves them, this file says which.
 */
import type { Browser } from "playwright-core";

/** The command line that Firefox was started with. */
export function commandLineOf(browser: Browser): readonly unknown[] {
  const line = part(ownSideOf(browser), "options", "browserProcess", "process", "spawnargs");
  return Array.isArray(line) ? line : [];
}

/**
 * Playwright sets the colour scheme of every new context with a command that Firefox ESR 153 does not know, and gives
 * the context up when that fails. With this it goes on; where Firefox knows the command, nothing changes.
 */
export function letColorSchemeFail(browser: Browser): void {
  const session = part(ownSideOf(browser), "_browserSession");
  const send = method(session, "send");
  Reflect.set(session, "send", async (command: string, parameters: unknown) => {
    try {
      return await Reflect.apply(send, session, [command, parameters]);
    } catch (error) {
      if (command !== "emulation.setMediaFeaturesOverride") throw error;
      return {};
    }
  });
}

function ownSideOf(browser: Browser): object {
  const connection = part(browser, "_connection");
  const own: unknown = Reflect.apply(method(connection, "toImpl"), connection, [browser]);
  return part({ own }, "own");
}

function part(whole: object, ...path: readonly string[]): object {
  return path.reduce((at, name) => {
    const found: unknown = Reflect.get(at, name);
    if (typeof found !== "object" || found === null) throw new Error(`Playwright has no "${name}" any more.`);
    return found;
  }, whole);
}

type Method = (...input: never[]) => unknown;

function method(owner: object, name: string): Method {
  const found: unknown = Reflect.get(owner, name);
  if (typeof found !== "function") throw new Error(`Playwright has no method "${name}" any more.`);
  return found as Method;
}
