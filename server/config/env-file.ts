/** Reads `.env` in the working directory into the environment. */
import { existsSync, readFileSync } from "node:fs";
import { loadEnvFile } from "node:process";
import { ConfigError } from "./config.ts";

/**
 * A variable that is set already keeps its value.
 * @returns whether there is such a file
 * @throws ConfigError when it cannot be read
 */
export function readEnvFile(): boolean {
  if (!existsSync(".env")) return false;
  try {
    // Its errors name the cause; those of `loadEnvFile` do not.
    readFileSync(".env");
    loadEnvFile(".env");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new ConfigError([`.env cannot be read${code}: make it a file that you may read, or remove it.`]);
  }
  return true;
}
