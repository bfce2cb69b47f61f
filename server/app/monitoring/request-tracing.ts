/** Gives every request a span, where tracing was started and nothing else has begun one; before the sessions are read. */
import type { RequestHandler } from "express";
import { beginRequestSpan } from "../../http/tracing.ts";
import { onRequestEnd } from "../request-end.ts";

/** @param apiPath where the passkeys router is mounted, such as `/api` */
export function traceRequests(apiPath: string): RequestHandler {
  return (req, res, next) => {
    const span = beginRequestSpan(req.headers, req.method);
    if (span === null) {
      next();
      return;
    }
    onRequestEnd(req, res, apiPath, ({ method, route, status, code }) =>
      span.end({
        name: route === null ? method : `${method} ${route}`,
        attributes: {
          "http.request.method": method,
          ...(route !== null && { "http.route": route }),
          ...(status !== null && { "http.response.status_code": status }),
          ...(code !== null && { "error.type": code }),
        },
        isFault: status === null || status >= 500,
      }),
    );
    span.run(next);
  };
}
