/**
 * Sessions by bearer token, for clients without cookies: a mobile app, or a page on another site. The token is
 * opaque and random; its hash is the key of a session in the same store that cookie sessions use.
 *
 * Every token travels in the response header `Session-Token`; the client keeps the newest and sends it as
 * `Authorization: Bearer …`. Asking for a one-time code yields an anonymous token, which remembers the code and
 * nothing else; signing in yields a new one and makes the old worthless; an empty header ends the session.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Request, Response } from "express";
import type { SessionData, Store } from "express-session";
import { AppError } from "../errors.ts";
import type { SessionPort } from "./session-port.ts";

export interface BearerSessionOptions {
  /** `storage.sessionStore`. */
  readonly store: Store;
  /** The response header that carries a new token. Pages of other origins need it in `Access-Control-Expose-Headers`. Default `Session-Token`. */
  readonly header?: string;
  /** Seconds without a request after which a session ends. Default 30 minutes. */
  readonly idleSeconds?: number;
  /** Seconds after sign-in at which a session ends, however busy. Default 12 hours. */
  readonly absoluteSeconds?: number;
  /** Default: the system clock. */
  readonly now?: () => Date;
}

type Kept = Omit<SessionData, "cookie">;

export function createBearerSessions(options: BearerSessionOptions): SessionPort {
  const { store, header = "Session-Token", now = () => new Date() } = options;
  const idleMs = (options.idleSeconds ?? 30 * 60) * 1000;
  const absoluteMs = (options.absoluteSeconds ?? 12 * 60 * 60) * 1000;

  /** As the store measures a session's life: express-session calls it a cookie. */
  function lasting(kept: Kept): SessionData {
    const cookie = { originalMaxAge: idleMs, expires: new Date(now().getTime() + idleMs) };
    return { ...kept, cookie };
  }

  async function find(req: Request): Promise<{ key: string; kept: SessionData } | null> {
    const key = keyOf(req);
    if (key === null) return null;
    const kept = await callback<SessionData | null | undefined>((done) => store.get(key, done));
    if (kept === null || kept === undefined) return null;
    store.touch?.(key, lasting(kept));
    return { key, kept };
  }

  function write(key: string, kept: Kept): Promise<void> {
    return callback((done) => store.set(key, lasting(kept), done));
  }

  /** A token that the caller chose is never taken over: only one of our making names a session. */
  async function issue(res: Response, kept: Kept): Promise<void> {
    const token = randomBytes(32).toString("base64url");
    await write(hashed(token), kept);
    res.set(header, token).set("Cache-Control", "no-store");
  }

  async function drop(req: Request): Promise<void> {
    const key = keyOf(req);
    if (key !== null) await callback<void>((done) => store.destroy(key, done));
  }

  return {
    isAmbient: false,

    async current(req) {
      const { signedIn } = (await find(req))?.kept ?? {};
      if (signedIn === undefined || Date.parse(signedIn.startedAt) + absoluteMs <= now().getTime())
        return null;
      const { id, userId, method, authenticatedAt } = signedIn;
      return { id, userId, method, authenticatedAt: new Date(authenticatedAt) };
    },

    async start(req, res, { userId, method }) {
      await drop(req);
      const at = now().toISOString();
      await issue(res, {
        signedIn: { id: randomUUID(), userId, method, authenticatedAt: at, startedAt: at },
      });
    },

    async renew(req, res, { method }) {
      const { signedIn } = (await find(req))?.kept ?? {};
      // Ended while the proof was under way.
      if (signedIn === undefined) throw new AppError("not_authenticated");
      await drop(req);
      await issue(res, { signedIn: { ...signedIn, method, authenticatedAt: now().toISOString() } });
    },

    async end(req, res) {
      await drop(req);
      res.set(header, "");
    },

    async pendingOtp(req) {
      const { pendingOtp } = (await find(req))?.kept ?? {};
      if (pendingOtp === undefined) return null;
      const { challengeId, email, sentAt, expiresAt } = pendingOtp;
      return { challengeId, email, sentAt: new Date(sentAt), expiresAt: new Date(expiresAt) };
    },

    async keepPendingOtp(req, res, pending) {
      const found = await find(req);
      const { signedIn } = found?.kept ?? {};
      const kept = { ...(signedIn && { signedIn }), ...(pending && { pendingOtp: toJson(pending) }) };
      if (found !== null) await write(found.key, kept);
      else if (pending !== null) await issue(res, kept);
    },
  };
}

type Pending = NonNullable<Parameters<SessionPort["keepPendingOtp"]>[2]>;

function toJson({ challengeId, email, sentAt, expiresAt }: Pending): NonNullable<Kept["pendingOtp"]> {
  return { challengeId, email, sentAt: sentAt.toISOString(), expiresAt: expiresAt.toISOString() };
}

/** Only tokens of our own making: 32 random bytes in base64url. */
function keyOf(req: Request): string | null {
  const token = /^Bearer ([\w-]{43})$/i.exec(req.get("authorization") ?? "")?.[1];
  return token === undefined ? null : hashed(token);
}

/** Not the token itself: whoever reads the store must not be able to use it. The prefix keeps it no cookie's id. */
function hashed(token: string): string {
  return `bearer-${createHash("sha256").update(token).digest("base64url")}`;
}

function callback<Value>(run: (done: (error?: unknown, value?: Value) => void) => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    run((error, value) => (error === undefined || error === null ? resolve(value as Value) : reject(error)));
  });
}
