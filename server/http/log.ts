/**
 * Structured logs: one JSON line per request and one per security fact. What must never appear here: tokens,
 * codes, cookies, full e-mail addresses, secrets, an SDK error object (it carries the API secret).
 */
import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

/** Characters that may wait for a reader of standard output; what comes beyond is dropped. */
const mostWaiting = 16 * 1024 * 1024;

/** `destination` takes the lines; default is standard output. */
export function createLogger(destination: DestinationStream = standardOutput()): Logger {
  return pino({ base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, destination);
}

/** A log that cannot be written (a full disk, a reader that has gone) ends no process. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: false, maxLength: mostWaiting });
  output.on("error", () => {
    // At the exit it would try again and again. Lines that are written later are written as ever.
    output.flushSync = () => {};
  });
  return output;
}

/** Only what we know to be free of secrets: an error's class, message and stack, never its other members. */
export function describeError(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: "NonError", message: typeof error };
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  return { name: error.name, message: error.message, ...stack };
}
