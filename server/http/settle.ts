/** Passes the outcome of a promise to a callback, for the stores of express-session. */
import { AppError } from "./errors.ts";

/**
 * Never rejects: express-session does not await a store's promises, and an unhandled rejection ends the process. Without a
 * callback, such as after `session.destroy()`, an error becomes a warning of the process.
 */
export function settle<Value>(
  work: Promise<Value>,
  done: ((error: unknown, value?: Value) => void) | undefined,
): Promise<void> {
  const take = done ?? warnOf;
  return work.then((value) => done?.(null, value), take).catch(warnOf);
}

function warnOf(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

/** For work that the answer does not need. The storage has reported the outage. @throws every other error */
export function ignoreOutage(error: unknown): void {
  if (!(error instanceof AppError && error.code === "upstream_unavailable")) throw error;
}
