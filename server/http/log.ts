/**
 * Structured logs: one JSON line per request and one per security fact. What must never appear here: tokens,
 * codes, cookies, full e-mail addresses, secrets, an SDK error object (it carries the API secret).
 */
import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

/** `destination` takes the lines; default is standard output. */
export function createLogger(destination?: DestinationStream): Logger {
  const options = { base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Only what we know to be free of secrets: an error's class, message and stack, never its other members. */
export function describeError(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: "NonError", message: typeof error };
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  return { name: error.name, message: error.message, ...stack };
}
