/**
 * What no listener and no handler has taken. Every emitter and promise that we make has its own; this is for those that we
 * do not know of, so that one of them neither ends the process over nothing nor ends it without a line in the log.
 */
import { describeError, type Logger } from "../http/log.ts";

/**
 * A rejection that nobody handles is logged, and the process goes on: nothing was interrupted. After an exception that
 * nobody catches the state is unknown: it is logged, and the app stops as for SIGTERM.
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
