/**
 * Logs unhandled rejections and uncaught exceptions. Known emitters and promises have handlers of their own; this covers
 * the unknown ones, so that each leaves a line in the log.
 */
import { describeError, type Logger } from "../http/log.ts";

/**
 * An unhandled rejection is logged and the process continues. After an uncaught exception the state is unknown: it is
 * logged, and the app stops as on SIGTERM.
 * @param stop ends the process with an error
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

/** A terminal or a pipe that is closed while we write for people: what they do not read is lost, and nothing else. */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}
