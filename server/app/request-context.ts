/** Sets a request id, and logs a line per answer. */
import { randomUUID } from "node:crypto";
import type { RequestHandler } from "express";
import { describeError, type Logger } from "../http/log.ts";

declare global {
  namespace Express {
    interface Request {
      /** Made here, never taken from the client: it appears in problems and logs. */
      id: string;
    }
  }
}

export function requestContext(log: Logger): RequestHandler {
  return (req, res, next) => {
    req.id = randomUUID();
    res.set("X-Request-Id", req.id);
    // For example a write after the end. Without a listener the error would end the process.
    res.on("error", (error) =>
      log.error({ event: "response.failed", requestId: req.id, cause: describeError(error) }),
    );
    const startedAt = process.hrtime.bigint();
    res.on("finish", () => {
      log.info({
        event: "request",
        requestId: req.id,
        method: req.method,
        // The pattern, because a path may contain an id. Null for an unmatched path.
        route: req.route === undefined ? null : `${req.baseUrl}${String(req.route.path)}`,
        status: res.statusCode,
        ms: Number((process.hrtime.bigint() - startedAt) / 10_000n) / 100,
      });
    });
    next();
  };
}
