/** Logs once that the origin is https but requests arrive as http: then no session cookie can be set. */
import type { RequestHandler } from "express";
import type { Logger } from "../http/log.ts";

export function warnOfPlainRequests(log: Logger): RequestHandler {
  let warned = false;
  return (req, _res, next) => {
    // Only the API sets cookies; health checks may come without the proxy.
    if (!warned && !req.secure && req.path.startsWith("/api")) {
      warned = true;
      log.warn({
        event: "proxy.misconfigured",
        fix:
          req.get("x-forwarded-proto") === undefined
            ? "The proxy does not send X-Forwarded-Proto: let it add `X-Forwarded-Proto: https`."
            : "X-Forwarded-Proto is not trusted: set TRUST_PROXY to the number of proxies in front of the app, or to their subnets.",
      });
    }
    next();
  };
}
