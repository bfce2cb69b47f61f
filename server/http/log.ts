/**
 * Creates the logger: one JSON line per request and per security event. Never log tokens, codes, cookies, full e-mail
 * addresses, secrets or an SDK error object (it contains the API secret).
 */
import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

/** Characters that are buffered while nothing reads standard output; further lines are dropped. */
const maxBuffered = 16 * 1024 * 1024;

/**
 * @param destination takes the lines. Default: standard output
 * @param level what is less important is dropped. Default `info`
 */
export function createLogger(
  destination: DestinationStream = standardOutput(),
  level: "info" | "warn" | "error" = "info",
): Logger {
  return pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, destination);
}

/** An error of the output, such as a full disk or a closed pipe, does not end the process. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: false, maxLength: maxBuffered });
  output.on("error", () => {
    // At exit pino would retry without end. Later lines are still written.
    output.flushSync = () => {};
  });
  return output;
}
