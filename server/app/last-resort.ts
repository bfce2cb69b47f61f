/**
 * Logs exceptions and rejections that no other code handles. Our own emitters and promises have handlers; these are for
 * errors inside dependencies.
 */
import { describeError } from "../http/describe-error.ts";
import type { Logger } from "../http/log.ts";

/**
 * After an unhandled rejection the process goes on. After an uncaught exception its state is unknown, so the app stops as
 * for SIGTERM.
 * @param stop ends the process with exit code 1
 */
export function catchTheRest(log: Logger, stop: () => void): void {
  process.on("unhandledRejection", (cause) => {
    log.error({ event: "process.unhandled_rejection", cause: describeError(cause) });
  });
  process.once("uncaughtException", (cause) => {
    log.fatal({ event: "process.uncaught_exception", cause: describeError(cause) });
    process.on("uncaughtException", (another) => {
      log.fatal({ event: "process.uncaught_exception", cause: describeError(another) });
    });
    stop();
  });
}

/** A closed terminal or pipe loses output but does not end the process. */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}
