/**
 * Forwards the requests of passkey ceremonies to Authsignal's Client API from our own origin: ad-block lists contain
 * Authsignal's host, and a same-origin request needs no CORS. Off by default.
 *
 * The browser's token or tenant id authorises a request, never our secret. Authsignal sees this server's address instead of
 * the visitor's, in its rate limits too. So each visitor has a limit here; otherwise one could exhaust the limit of all.
 */
import express, { type ErrorRequestHandler, type Request, type RequestHandler, Router } from "express";
import { z } from "zod";
import { convertBodyError } from "../http/body-errors.ts";
import { AppError } from "../http/errors.ts";
import { isIpv6Prefix, networkKey } from "../http/network-address.ts";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { requireSameOrigin } from "../http/same-origin.ts";
import type { Limiter, LimitRule } from "../passkeys/ports/limiter.ts";
import { knownInLimit, type Limit } from "../passkeys/ports/send-limits.ts";
import { requireApiUrl } from "./require-tenant.ts";

export interface ClientApiProxyOptions {
  /** Authsignal's API base, ending in `/v1`. */
  readonly apiUrl: string;
  /** Your tenant's id, as in the router's `browser`. Requests for another tenant are refused. */
  readonly tenantId: string;
  /** The origins of your own pages. Unsafe requests of others are refused. */
  readonly origins: readonly string[];
  /** `storage.limiter`: counters that all instances share. */
  readonly limiter: (rule: LimitRule) => Limiter;
  /**
   * Requests from one network; beyond it 429. Default 2000 in 15 minutes: an open sign-in view sends about twenty in that
   * time, and an office may share an address.
   */
  readonly limit?: Limit;
  /** How many bits of an IPv6 address name one visitor, 32 to 128. Default 56. */
  readonly ipv6Prefix?: number;
  /** How long one request may take, in milliseconds, before it is a 503. Default 5000. */
  readonly deadlineMs?: number;
  /** Lets `apiUrl` be an emulator's: plain http, or this machine. Outside production only. Default false. */
  readonly allowEmulator?: boolean;
}

const known: Names<ClientApiProxyOptions> = {
  apiUrl: true,
  tenantId: true,
  origins: true,
  limiter: true,
  limit: true,
  ipv6Prefix: true,
  deadlineMs: true,
  allowEmulator: true,
};

/**
 * The paths that `passkey.signUp` and `passkey.signIn` post to, with the members that the SDKs send. No other member is
 * forwarded: `authentication-options` with a `username` would list the passkeys of that name to everybody.
 */
const passkey = "/client/user-authenticators/passkey";
const forwarded: Readonly<Record<string, readonly string[]>> = {
  "/client/challenge": ["action", "idempotencyKey"],
  [`${passkey}/registration-options`]: ["username", "displayName", "authenticatorAttachment"],
  [`${passkey}/authentication-options`]: ["challengeId"],
  [passkey]: ["registrationCredential", "conditionalCreate", "challengeId", "deviceId"],
  "/client/verify/passkey": ["authenticationCredential", "challengeId", "deviceId"],
};
/** Newer web SDKs (1.17 and later) list the token's passkeys after each ceremony, for the Signal API. */
const read = "/client/user-authenticators";

/** Enough for registrations with large attestation statements. */
const largestRequest = "64kb";
const largestAnswer = 256 * 1024;

/** Mount it anywhere: with `app.use("/authsignal/v1", …)` the browser's `baseUrl` is `https://your.app/authsignal/v1`. */
export function createClientApiProxy(options: ClientApiProxyOptions): Router {
  refuseUnknown("createClientApiProxy", options, known);
  const { apiUrl, origins, deadlineMs = 5000 } = options;
  if (options.limit !== undefined)
    refuseUnknown("createClientApiProxy", options.limit, knownInLimit, "limit");
  requireApiUrl("createClientApiProxy", options);
  if (typeof options.tenantId !== "string" || options.tenantId === "")
    throw new TypeError(
      "createClientApiProxy: `tenantId` must be your tenant's id, as in `browser.tenantId`.",
    );
  if (options.ipv6Prefix !== undefined && !isIpv6Prefix(options.ipv6Prefix))
    throw new TypeError("createClientApiProxy: `ipv6Prefix` must be a whole number from 32 to 128.");
  const limit = options.limit ?? { points: 2000, seconds: 15 * 60 };
  const perNetwork = options.limiter({ name: "proxiedPerIp", ...limit });
  const spend = async (req: Request): Promise<void> => {
    const seconds = await perNetwork.spend(networkKey(req, options.ipv6Prefix));
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
  for (const [path, members] of Object.entries(forwarded)) {
    router.post(
      path,
      limitVisitor,
      express.json({ limit: largestRequest }),
      convertBodyError,
      forward({ url: `${apiUrl}${path}`, members, tenantId: options.tenantId, deadlineMs }),
    );
  }
  router.get(
    read,
    limitVisitor,
    forward({ url: `${apiUrl}${read}`, tenantId: options.tenantId, deadlineMs }),
  );
  router.use(() => {
    throw new AppError("not_found");
  });
  router.use(addSdkError);
  return router;
}

/**
 * Adds the members by which the SDK recognises an error, `error` and `errorCode`; it takes any other body for success. A
 * problem may have further members (RFC 9457, 3.2). Except for the limit the SDK gets `network_error`, so that it never
 * takes our own failure for Authsignal's verdict on a passkey.
 */
const addSdkError: ErrorRequestHandler = (thrown: unknown, _req, _res, next) => {
  // For example when the storage of the counters cannot be reached.
  const error =
    thrown instanceof AppError
      ? thrown
      : new AppError("upstream_unavailable", { cause: thrown, extras: { retryAfter: 5 } });
  const errorCode = error.code === "rate_limited" ? "too_many_requests" : "network_error";
  const extras = { ...error.extras, error: errorCode, errorCode, errorDescription: error.publicMessage };
  next(new AppError(error.code, { detail: error.message, cause: error.cause, extras }));
};

interface Forwarding {
  readonly url: string;
  /** What the body may have. Without it, the request is a GET. */
  readonly members?: readonly string[];
  readonly tenantId: string;
  readonly deadlineMs: number;
}

function forward({ url, members, tenantId, deadlineMs }: Forwarding): RequestHandler {
  return (req, res, next) => {
    if (members !== undefined && !req.is("application/json"))
      return next(new AppError("unsupported_media_type"));
    const authorization = req.get("authorization") ?? "";
    if (!isForTenant(authorization, tenantId)) return next(new AppError("not_authenticated"));
    const body = members === undefined ? undefined : bodyOf(req.body, members);
    if (body === null) return next(new AppError("malformed_json"));
    // Authsignal derives the device's name from the user agent. No other header is forwarded.
    const userAgent = req.get("user-agent");
    fetch(url, {
      method: body === undefined ? "GET" : "POST",
      redirect: "error",
      signal: AbortSignal.timeout(deadlineMs),
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        Accept: "application/json",
        Authorization: authorization,
        ...(userAgent === undefined ? {} : { "User-Agent": userAgent.slice(0, 512) }),
      },
      ...(body === undefined ? {} : { body }),
    })
      .then(async (answer) => res.status(answer.status).json(await readJson(answer)))
      .catch((cause: unknown) =>
        next(new AppError("upstream_unavailable", { cause, extras: { retryAfter: 5 } })),
      );
  };
}

/** @returns the JSON to forward, or null for a body that is no object or is nested too deeply to be written */
function bodyOf(body: unknown, members: readonly string[]): string | null {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return null;
  const known = members.filter((name) => Object.hasOwn(body, name));
  try {
    return JSON.stringify(Object.fromEntries(known.map((name) => [name, Reflect.get(body, name)])));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Not a check of the token, which is Authsignal's: a token of another tenant names that one, as Authsignal has signed it. */
function isForTenant(authorization: string, tenantId: string): boolean {
  const [, scheme, value = ""] = /^(Basic|Bearer) ([\w.+/=-]{1,8192})$/.exec(authorization) ?? [];
  if (scheme === "Basic") {
    // The web SDK encodes the id and leaves out the colon that Basic credentials end in.
    const text = Buffer.from(value, "base64").toString("utf8");
    const name = text.replace(/:$/, "");
    // Node leaves out what is no base64 or comes after its end; another reader may find a second id there.
    if (Buffer.from(text).toString("base64").replace(/=+$/, "") !== value.replace(/=+$/, "")) return false;
    return name === tenantId || name === encodeURIComponent(tenantId);
  }
  return scheme === "Bearer" && tenantIn(value) === tenantId;
}

/** `iss` ends in the tenant's id as well. */
const TokenClaims = z.object({
  other: z.object({ tenantId: z.string().optional() }).default({}),
  iss: z.string().default(""),
});

function tenantIn(token: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const known = TokenClaims.safeParse(claims).data;
    return known === undefined ? null : (known.other.tenantId ?? known.iss.split("/").at(-1) ?? null);
  } catch {
    // No JSON, so no token of Authsignal's.
    return null;
  }
}

/** Passes on only JSON, up to `largestAnswer` bytes. */
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
