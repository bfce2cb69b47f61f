/**
 * Creates the logger: one JSON line per request and per security event. Never log tokens, codes, cookies, full e-mail
 * addresses, secrets or an SDK error object (it contains the API secret).
 */
import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

/** Characters that are buffered while nothing reads standard output; further lines are dropped. */
const maxBuffered = 16 * 1024 * 1024;

/** `destination` takes the lines; default is standard output. */
export function createLogger(destination: DestinationStream = standardOutput()): Logger {
  return pino({ base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, destination);
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
