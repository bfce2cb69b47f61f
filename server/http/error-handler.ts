/** The one place that renders an error: AppError to RFC 9457 problem+json, anything unknown to a bare 500. */
import { randomUUID } from "node:crypto";
import type { ErrorRequestHandler, Request, RequestHandler } from "express";
import type { Problem } from "../../shared/problem.ts";
import { AppError } from "./errors.ts";
import { describeError } from "./log.ts";

export const notFound: RequestHandler = () => {
  throw new AppError("not_found");
};

/** @param log pino's logger, or anything that keeps one line per failure, such as `console` */
export function createErrorHandler(log: { error(line: object): void }): ErrorRequestHandler {
  // The fourth parameter is what tells Express that this handles errors.
  return (error: unknown, req, res, _next) => {
    const appError = toAppError(error);
    const requestId = idOf(req);
    if (appError.status >= 500 || res.headersSent) {
      const cause = appError.cause === undefined ? {} : { cause: describeError(appError.cause) };
      log.error({
        event: "request.failed",
        requestId,
        code: appError.code,
        detail: appError.message,
        ...cause,
      });
    }
    // Too late for another answer. Express's own handler would print the stack. An answer that is complete is left alone:
    // its session may have failed to be saved after it.
    if (res.headersSent) {
      if (!res.writableEnded) res.destroy();
      return;
    }
    // Of what was to be sent instead: a cache would keep this problem in its place for as long as that says.
    for (const name of ["ETag", "Last-Modified", "Accept-Ranges", "Content-Range"]) res.removeHeader(name);
    res.set("Cache-Control", "no-store");
    if (appError.extras.retryAfter !== undefined) res.set("Retry-After", String(appError.extras.retryAfter));
    res
      .status(appError.status)
      .type("application/problem+json")
      .send(JSON.stringify(toProblem(appError, requestId)));
  };
}

export function toProblem(error: AppError, requestId: string): Problem {
  return {
    type: `/problems/${error.code}`,
    title: error.publicMessage,
    status: error.status,
    code: error.code,
    requestId,
    ...error.extras,
  };
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  // A path that cannot be decoded (`/%`) reaches us as the router's or static server's URIError with status 400.
  if (error instanceof URIError) return new AppError("not_found");
  return new AppError("internal_error", { cause: error });
}

/**
 * Of the host's own middleware, which may count requests, or ours. Where there is none, or one that somebody else may
 * have written, the problem names itself.
 */
function idOf(req: Request): string {
  const id = String(req.id);
  return req.id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? id : randomUUID();
}
