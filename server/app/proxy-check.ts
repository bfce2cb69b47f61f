/** Logs once that the origin is https but requests arrive as http: then no session cookie can be set. */
import type { RequestHandler } from "express";

/**
 * For apps whose origin is https. Mount it first.
 * @param log pino's logger, or another with `warn`, such as `console`
 * @param prefix where the router is: only it sets cookies, and health checks may come without the proxy. Default `/api`
 */
export function warnOfPlainRequests(log: { warn(line: object): void }, prefix = "/api"): RequestHandler {
  let warned = false;
  return (req, _res, next) => {
    if (!warned && !req.secure && req.path.startsWith(prefix)) {
      warned = true;
      log.warn({
        event: "proxy.misconfigured",
        fix:
          req.get("x-forwarded-proto") === undefined
            ? "The proxy does not send X-Forwarded-Proto: let it add `X-Forwarded-Proto: https`."
            : "X-Forwarded-Proto is not trusted: set TRUST_PROXY, in an Express app of your own `trust proxy`, to the number of proxies in front of the app, or to their subnets.",
      });
    }
    next();
  };
}
