/** Renders errors as RFC 9457 problem+json; an unknown error as a bare 500. */
import { randomUUID } from "node:crypto";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import type { Problem } from "../../shared/problem.ts";
import { toBodyError } from "./body-errors.ts";
import { describeError } from "./describe-error.ts";
import { AppError } from "./errors.ts";

export const notFound: RequestHandler = () => {
  throw new AppError("not_found");
};

/**
 * An error of the host's own that says by `status` and `expose`, as those of http-errors do, that the caller is at fault is
 * answered with that status and its message as `title`; it has no `code`.
 * @param log pino's logger, or another with `error` and perhaps `warn`, such as `console`
 */
export function createErrorHandler(log: {
  error(line: object): void;
  warn?(line: object): void;
}): ErrorRequestHandler {
  // Express recognises an error handler by its four parameters.
  return (error: unknown, req, res, _next) => {
    const requestId = idOf(req);
    if (isCallersFault(error) && !res.headersSent)
      return sendProblem(res, { type: "about:blank", title: error.message, status: error.status, requestId });
    const appError = toAppError(error);
    // For the log and the metrics of the app around.
    res.locals.problemCode = appError.code;
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
    // The host has to learn which origin to list; the browser's answer stays the same for every origin.
    else if (appError.code === "cross_site_request")
      log.warn?.({ event: "request.refused", requestId, code: appError.code, detail: appError.message });
    // The headers are out: cut the answer, so that the client does not take it for a whole one. A complete answer stays: the
    // error may come from saving the session after it. Express's own handler would print the stack.
    if (res.headersSent) {
      if (!res.writableEnded) res.destroy();
      return;
    }
    if (appError.extras.retryAfter !== undefined) res.set("Retry-After", String(appError.extras.retryAfter));
    sendProblem(res, toProblem(appError, requestId));
  };
}

function sendProblem(res: Response, problem: Omit<Problem, "code">): void {
  // These describe the answer that failed. With them a cache would keep this problem in its place.
  for (const name of ["ETag", "Last-Modified", "Accept-Ranges", "Content-Range"]) res.removeHeader(name);
  res
    .set("Cache-Control", "no-store")
    .status(problem.status)
    .type("application/problem+json")
    .send(JSON.stringify(problem));
}

interface CallersFault extends Error {
  readonly status: number;
}

function isCallersFault(error: unknown): error is CallersFault {
  if (!(error instanceof Error) || error instanceof AppError || toBodyError(error) !== null) return false;
  const { status, expose } = error as { status?: unknown; expose?: unknown };
  return expose === true && typeof status === "number" && /^4\d\d$/.test(String(status));
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
  // The router and the static server throw URIError for a path that cannot be decoded (`/%`).
  if (error instanceof URIError) return new AppError("not_found");
  // Of a parser of the host's, in front of the router or of a guarded route.
  return toBodyError(error) ?? new AppError("internal_error", { cause: error });
}

/**
 * The id that the host's middleware or this app's has set. A new one if there is none, or if it has characters that a
 * client could use to forge log lines.
 */
function idOf(req: Request): string {
  const id = String(req.id);
  return req.id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? id : randomUUID();
}
