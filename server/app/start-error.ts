/** What stops the start and can be mended by the person who starts it: a sentence that says what to set. */
import { accessSync, constants, mkdirSync } from "node:fs";
import { ConfigError } from "../config/config.ts";
import { describeError } from "../http/describe-error.ts";
import { StorageError } from "../storage/storage-error.ts";

export class StartError extends Error {
  override readonly name = "StartError";
}

export type PortVariable = "PORT" | "EMULATOR_PORT" | "METRICS_PORT";

/**
 * @param variable the variable that chooses the port
 * @returns a sentence for the errors of `listen` that another port solves, else the error itself
 */
export function portError(error: unknown, port: number, variable: PortVariable): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return new StartError(
      `Port ${port} is in use by another program, or by an earlier start of this app. Stop that, or set ${variable} to a free port.`,
    );
  if (code === "EACCES")
    return new StartError(
      `Port ${port} may not be used without more rights. Set ${variable} to a port above 1023.`,
    );
  return error;
}

/** Makes the folder for its owner alone, if it is missing. @throws StartError when nothing can be written there */
export function makeDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new StartError(
      `DATA_DIR "${dataDir}" cannot be used${code}: it must be a folder in which this user may write.`,
    );
  }
}

/** Prints why the process cannot start or stop, and exits with 1. Without a stack for errors that an operator can fix. */
export function reportAndExit(error: unknown): never {
  const expected =
    error instanceof ConfigError ||
    error instanceof StorageError ||
    error instanceof StartError ||
    (error instanceof Error && "code" in error);
  const text = expected ? error.message : (describeError(error).stack ?? describeError(error).message);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
