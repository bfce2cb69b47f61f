/**
 * The part of Authsignal's Client API that passkey ceremonies need, on our own origin: ad-block lists name
 * Authsignal's host, and a same-origin request needs no CORS. Off by default.
 *
 * It adds nothing: the browser's own token or tenant id authorises a request, never our secret. What is lost is the
 * visitor's address: Authsignal sees this server's, in its limits and in its records. So each visitor has a limit here, or
 * one could use up Authsignal's patience with all.
 */
import express, { type ErrorRequestHandler, type Request, type RequestHandler, Router } from "express";
import { convertBodyError } from "../http/body-errors.ts";
import { AppError } from "../http/errors.ts";
import { networkKey } from "../http/network-address.ts";
import { requireSameOrigin } from "../http/same-origin.ts";
import type { Limiter, LimitRule } from "../passkeys/ports/limiter.ts";
import type { Limit } from "../passkeys/ports/send-limits.ts";
import { adviceForApiBase } from "../relying-party/addresses.ts";

export interface ClientApiProxyOptions {
  /** Where Authsignal is, ending in `/v1`. */
  readonly apiUrl: string;
  /** The origins whose pages may use it: your own. */
  readonly origins: readonly string[];
  /** `storage.limiter`: a counter shared by all instances. */
  readonly limiter: (rule: LimitRule) => Limiter;
  /**
   * Requests from one network address. Over it: 429. Default 2000 in 15 minutes: an open sign-in view makes some twenty in
   * that time, and a whole office may share an address.
   */
  readonly limit?: Limit;
  /** Default 5000. */
  readonly deadlineMs?: number;
}

/** What `passkey.signUp` and `passkey.signIn` ask for, and nothing else. All are POST. */
const passkey = "/client/user-authenticators/passkey";
const allowed: readonly string[] = [
  "/client/challenge",
  `${passkey}/registration-options`,
  `${passkey}/authentication-options`,
  passkey,
  "/client/verify/passkey",
];

/** Registration answers with large attestation statements stay well below. */
const largestRequest = "64kb";
const largestAnswer = 256 * 1024;

/** Mount it anywhere: with `app.use("/authsignal/v1", …)` the browser's `baseUrl` is `https://your.app/authsignal/v1`. */
export function createClientApiProxy(options: ClientApiProxyOptions): Router {
  const { apiUrl, origins, deadlineMs = 5000 } = options;
  const advice = adviceForApiBase(apiUrl);
  if (advice !== null) throw new TypeError(`createClientApiProxy: \`apiUrl\` must be ${advice}.`);
  const limit = options.limit ?? { points: 2000, seconds: 15 * 60 };
  const perNetwork = options.limiter({ name: "proxiedPerIp", ...limit });
  const spend = async (req: Request): Promise<void> => {
    const seconds = await perNetwork.spend(networkKey(req));
    if (seconds > 0) throw new AppError("rate_limited", { extras: { retryAfter: seconds } });
  };
  const limitVisitor: RequestHandler = (req, _res, next) => {
    spend(req).then(() => next(), next);
  };
  const router = Router();
  router.use(requireSameOrigin(origins));
  router.use((_req, res, next) => {
    res.set("Cache-Control", "no-store");
    next();
  });
  for (const path of allowed) {
    router.post(
      path,
      limitVisitor,
      express.json({ limit: largestRequest }),
      convertBodyError,
      forward(`${apiUrl}${path}`, deadlineMs),
    );
  }
  router.use(() => {
    throw new AppError("not_found");
  });
  router.use(sayItToTheSdk);
  return router;
}

/**
 * The SDK goes by `error` and `errorCode` in a body and takes every other for success. A problem may carry further
 * members (RFC 9457, 3.2). Only what Authsignal itself says is a definite word about a passkey, so all but the limit is
 * to the SDK what a broken line is.
 */
const sayItToTheSdk: ErrorRequestHandler = (thrown: unknown, _req, _res, next) => {
  // The counters cannot be reached, for example.
  const error =
    thrown instanceof AppError
      ? thrown
      : new AppError("upstream_unavailable", { cause: thrown, extras: { retryAfter: 5 } });
  const errorCode = error.code === "rate_limited" ? "too_many_requests" : "network_error";
  const extras = { ...error.extras, error: errorCode, errorCode, errorDescription: error.publicMessage };
  next(new AppError(error.code, { detail: error.message, cause: error.cause, extras }));
};

function forward(url: string, deadlineMs: number): RequestHandler {
  return (req, res, next) => {
    if (!req.is("application/json")) return next(new AppError("unsupported_media_type"));
    const authorization = req.get("authorization") ?? "";
    if (!/^(Basic|Bearer) [\w.+/=-]{1,8192}$/.test(authorization))
      return next(new AppError("not_authenticated"));
    // The device's name in the portal is read off the browser's; nothing else of the request is Authsignal's business.
    const userAgent = req.get("user-agent");
    fetch(url, {
      method: "POST",
      redirect: "error",
      signal: AbortSignal.timeout(deadlineMs),
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        Authorization: authorization,
        ...(userAgent === undefined ? {} : { "User-Agent": userAgent.slice(0, 512) }),
      },
      body: JSON.stringify(req.body),
    })
      .then(async (answer) => res.status(answer.status).json(await readJson(answer)))
      .catch((cause: unknown) =>
        next(new AppError("upstream_unavailable", { cause, extras: { retryAfter: 5 } })),
      );
  };
}

/** Only JSON of a sensible size passes: not a page, and not more than a browser would have asked for. */
async function readJson(answer: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    if (length > largestAnswer) throw new Error("Authsignal's answer is larger than the proxy passes on.");
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
