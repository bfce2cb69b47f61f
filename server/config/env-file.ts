/** Reads a file of variables into the environment. */
import { existsSync, readFileSync } from "node:fs";
import { loadEnvFile } from "node:process";
import { ConfigError } from "./config.ts";

/**
 * A variable that is set already keeps its value.
 * @param named the file that an option names; default `.env` in the working directory, if there is one
 * @returns the file that was read, or null
 * @throws ConfigError when it cannot be read
 */
export function readEnvFile(named?: string): string | null {
  const path = named ?? ".env";
  if (named === undefined && !existsSync(path)) return null;
  try {
    // Its errors name the cause; those of `loadEnvFile` do not.
    readFileSync(path);
    loadEnvFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    const advice =
      named === undefined
        ? "make it a file that you may read, or remove it"
        : "name a file that you may read";
    throw new ConfigError([`${path} cannot be read${code}: ${advice}.`]);
  }
  return path;
}
