/** Hands the outcome of a promise to a callback, as express-session's stores have to. */
import { AppError } from "./errors.ts";

/**
 * Never rejects: express-session, and hosts that call `session.destroy()` without a callback, keep no hold of a store's
 * promises, and an unhandled rejection ends the process. What no callback takes becomes a warning of the process.
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

/** For work that an answer does not depend on. The storage itself has given notice. @throws what is no outage */
export function ignoreOutage(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}
