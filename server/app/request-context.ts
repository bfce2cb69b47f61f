/** Sets a request id, and logs one line for every request, also for one whose client did not wait. */
import { randomUUID } from "node:crypto";
import type { Request, RequestHandler } from "express";
import { describeError } from "../http/describe-error.ts";
import type { Logger } from "../http/log.ts";
import { currentTraceId } from "../http/tracing.ts";
import { onRequestEnd } from "./request-end.ts";

declare global {
  namespace Express {
    interface Request {
      /** Made here, never taken from the client: it appears in problems and logs. */
      id: string;
    }
  }
}

/** @param apiPath where the passkeys router is mounted, such as `/api` */
export function requestContext(log: Logger, apiPath: string): RequestHandler {
  return (req, res, next) => {
    req.id = randomUUID();
    res.set("X-Request-Id", req.id);
    // For example a write after the end. Without a listener the error would end the process.
    res.on("error", (error) =>
      log.error({ event: "response.failed", requestId: req.id, cause: describeError(error) }),
    );
    const given = incomingIds(req);
    onRequestEnd(req, res, apiPath, ({ method, route, status, code, seconds }) => {
      const end = status === null ? { abandoned: true } : { status, ...(code === null ? {} : { code }) };
      const ms = Math.round(seconds * 100_000) / 100;
      log.info({ event: "request", requestId: req.id, ...given, method, route, ...end, ms });
    });
    next();
  };
}

/** The ids of a proxy and of the trace: logged beside ours, so that their requests can be found. */
function incomingIds({ headers }: Request): { incomingRequestId?: string; traceId?: string } {
  const id = String(headers["x-request-id"] ?? "");
  const [, given] = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(String(headers.traceparent ?? "")) ?? [];
  const traceId = currentTraceId() ?? given;
  return {
    // Other characters could forge a log line, or carry an address.
    ...(/^[\w.:-]{1,128}$/.test(id) ? { incomingRequestId: id } : {}),
    ...(traceId === undefined ? {} : { traceId }),
  };
}
