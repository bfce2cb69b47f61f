/** Implements sessions over a host's own JWTs: the host verifies and issues its tokens, this port says what they carry. */
import { randomUUID } from "node:crypto";
import type { Request, Response } from "express";
import type { Store } from "express-session";
import { AppError } from "../http/errors.ts";
import { answerWithTokens } from "../passkeys/ports/answer-tokens.ts";
import { nameSession } from "../passkeys/ports/occasion.ts";
import type { NewSession, SessionPort, SessionPortWithoutCodes } from "../passkeys/ports/sessions.ts";
import { indexSessions } from "./indexed-sessions.ts";
import { assuranceIn, isTokenFault, type JwtClaims, limitsOf, readClaims } from "./jwt-claims.ts";
import { checkJwtOptions, type Exchange, type JwtSessionOptions } from "./jwt-options.ts";

export type { JwtSessionOptions };

import { createJwtStore } from "./jwt-store.ts";
import { codesByHeader } from "./pending-codes.ts";

interface HostMethods<Tokens extends object> {
  /**
   * For the host's own sign-in: begins a session and resolves with what `issue` made, for the answer.
   * @throws AppError internal_error when `issue` leaves claims out
   */
  signIn(req: Request, res: Response, session: NewSession): Promise<Tokens>;
  /**
   * For the host's refresh route: new tokens of the same session, with its proof time, its id and its end as they were.
   * @param payload of the refresh token, as the host has verified it; or a promise of it, which may reject as `verify` may
   * @throws AppError not_authenticated for a token that is no good, when the session has ended, and when a later proof has
   * replaced these tokens
   */
  refresh(req: Request, res: Response, payload: unknown): Promise<Tokens>;
}

export interface JwtSessions<Tokens extends object> extends SessionPort, HostMethods<Tokens> {}

/** Without `store`: for a router with `emailCodes: false`. */
export interface JwtSessionsWithoutCodes<Tokens extends object>
  extends SessionPortWithoutCodes,
    HostMethods<Tokens> {}

/**
 * Sessions of a host that issues JWTs, alone or as access and refresh tokens. The proof time (`auth_time`) and the session
 * (`sid`) are claims of their own, and `refresh` carries them over: with `iat` in their place every refresh would make an
 * old proof look fresh.
 *
 * A signed token alone cannot be ended. With `store`, or with a `verify` that looks the session up, signing out ends every
 * token of the session, and a step-up replaces the older ones, wherever `sessions.current` or that `verify` is asked. Code
 * that checks the signature alone, in this API or in another service, takes such a token until its `exp`: keep access
 * tokens short. A token that has expired cannot sign out: refresh first. Tokens of before the router have no such claims,
 * and belong to a visitor here.
 * @throws TypeError for options that cannot work
 */
export function createJwtSessions<Tokens extends object>(
  options: JwtSessionOptions<Tokens> & { readonly store: Store },
): JwtSessions<Tokens>;
export function createJwtSessions<Tokens extends object>(
  options: JwtSessionOptions<Tokens> & { readonly end: (claims: JwtClaims, exchange: Exchange) => unknown },
): JwtSessionsWithoutCodes<Tokens>;
export function createJwtSessions<Tokens extends object>(
  options: JwtSessionOptions<Tokens>,
): JwtSessions<Tokens> | JwtSessionsWithoutCodes<Tokens> {
  checkJwtOptions(options);
  const { readToken = bearerToken, now = () => new Date(), absoluteSeconds = 12 * 60 * 60 } = options;
  const store = options.store === undefined ? null : createJwtStore(options.store, now);
  const codes =
    options.store === undefined
      ? null
      : codesByHeader(options.store, options.codeHeader ?? "Code-Token", now);

  // A session that is not used is no idle one: its refresh token waits.
  const absoluteMs = absoluteSeconds * 1000;
  const indexed = indexSessions(options, { idleMs: absoluteMs, absoluteMs, now });

  /** Of a token that is valid by itself. */
  function claimsOf(token: string, req: Request): Promise<JwtClaims | null> {
    return verified(async () => options.verify(token, req));
  }

  async function claimsIn(req: Request): Promise<JwtClaims | null> {
    const token = readToken(req);
    return typeof token === "string" && token !== "" ? claimsOf(token, req) : null;
  }

  async function isAlive(req: Request, claims: JwtClaims): Promise<boolean> {
    if (claims.session_end <= seconds(now())) return false;
    if (store !== null) {
      const [isEnded, isReplaced] = await Promise.all([store.isEnded(claims), store.isReplaced(claims)]);
      if (isEnded || isReplaced) return false;
    }
    const { sid: id, amr } = claims;
    return indexed === null || indexed.isAlive(req, { id, method: amr[0] ?? "" });
  }

  async function find(req: Request): Promise<JwtClaims | null> {
    const claims = await claimsIn(req);
    return claims !== null && (await isAlive(req, claims)) ? claims : null;
  }

  /** @throws AppError not_authenticated for a session that has ended meanwhile, internal_error for tokens without claims */
  async function issue(claims: JwtClaims, exchange: Exchange, isNew = false): Promise<Tokens> {
    const tokens = await options.issue(claims, exchange);
    if (typeof tokens !== "object" || tokens === null)
      throw fault("`issue` must resolve with an object, such as { accessToken, refreshToken }");
    const texts = Object.values(tokens).filter((token): token is string => typeof token === "string");
    if (texts.length === 0) return tokens;
    const read = await Promise.all(texts.map((token) => claimsOf(token, exchange.req)));
    const isCarried = read.some(
      (one) =>
        one?.sid === claims.sid &&
        one.auth_time === claims.auth_time &&
        one.session_rev === claims.session_rev &&
        one.session_limited === claims.session_limited,
    );
    if (isCarried) return tokens;
    // A host that looks sessions up has ended this one.
    if (!isNew && read.every((one) => one === null)) throw new AppError("not_authenticated");
    throw fault("`verify` finds the claims in no token that `issue` made: sign { ...claims }, all of them");
  }

  async function endSession(claims: JwtClaims, exchange: Exchange): Promise<void> {
    await store?.markEnded(claims);
    await indexed?.end(claims.sid);
    await options.end?.(claims, exchange);
  }

  async function signIn(req: Request, res: Response, session: NewSession): Promise<Tokens> {
    const { userId, method, assurance } = session;
    const at = seconds(now());
    const before = await claimsIn(req);
    if (before !== null) await endSession(before, { req, res });
    const claims = { sub: userId, sid: randomUUID(), auth_time: at, amr: [method] };
    const ends = { session_end: at + absoluteSeconds, session_rev: 0 };
    const lasting = { ...claims, ...ends, ...limitsOf(assurance) };
    const tokens = await issue(lasting, { req, res }, true);
    await indexed?.add(req, { id: claims.sid, userId, method, startedAt: now().toISOString() });
    await codes?.drop(req, before?.sid ?? null);
    nameSession(req, claims.sid);
    return tokens;
  }

  const sessions: JwtSessionsWithoutCodes<Tokens> = {
    isAmbient: options.isAmbient ?? options.readToken !== undefined,
    carriesAssurance: true,
    ...(indexed !== null && { sessionList: indexed.list }),
    signIn,

    async current(req) {
      const claims = await find(req);
      if (claims === null) return null;
      const { sid: id, sub: userId, amr, auth_time } = claims;
      const method = amr[0] ?? "";
      return { id, userId, method, authenticatedAt: new Date(auth_time * 1000), ...assuranceIn(claims) };
    },

    async start(req, res, session) {
      answerWithTokens(res, await signIn(req, res, session));
    },

    async renew(req, res, { method, assurance }) {
      const found = await find(req);
      if (found === null) throw new AppError("not_authenticated");
      const { session_limited: _, ...before } = found;
      const proof = { auth_time: seconds(now()), amr: [method], session_rev: before.session_rev + 1 };
      const claims = { ...before, ...proof, ...limitsOf(assurance ?? assuranceIn(found).assurance) };
      const tokens = await issue(claims, { req, res });
      await store?.markRenewed(claims);
      // Sign-out may have come in between: then it wins.
      if (!(await isAlive(req, claims))) throw new AppError("not_authenticated");
      answerWithTokens(res, tokens);
    },

    async end(req, res) {
      // Also with a token that a step-up has just replaced.
      const claims = await claimsIn(req);
      if (claims !== null) await endSession(claims, { req, res });
      await codes?.drop(req, claims?.sid ?? null);
    },

    async refresh(req, res, payload) {
      const claims = await verified(async () => payload);
      if (claims === null || !(await isAlive(req, claims))) throw new AppError("not_authenticated");
      const tokens = await issue(claims, { req, res });
      if (!(await isAlive(req, claims))) throw new AppError("not_authenticated");
      return tokens;
    },
  };
  if (codes === null) return sessions;
  const sidOf = async (req: Request): Promise<string | null> => (await find(req))?.sid ?? null;
  return {
    ...sessions,
    pendingOtp: async (req) => codes.find(req, await sidOf(req)),
    keepPendingOtp: async (req, res, pending) => codes.keep({ req, res }, await sidOf(req), pending),
  };
}

async function verified(payload: () => Promise<unknown>): Promise<JwtClaims | null> {
  try {
    return readClaims(await payload());
  } catch (error) {
    if (isTokenFault(error)) return null;
    throw error;
  }
}

/** The token of an `Authorization` header. */
function bearerToken(req: Request): string | null {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(req.get("authorization") ?? "")?.[1] ?? null;
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function fault(detail: string): AppError {
  return new AppError("internal_error", { detail: `createJwtSessions: ${detail}.` });
}
