/**
 * Sessions by bearer token, for clients without cookies: a mobile app, or a page on another site. The token is
 * opaque and random; its hash is the key of a session in the same store that cookie sessions use.
 *
 * Every token travels in the response header `Session-Token`; the client keeps the newest and sends it as
 * `Authorization: Bearer …`. Asking for a one-time code yields an anonymous token, which remembers the code and
 * nothing else; signing in yields a new one and makes the old worthless; an empty header ends the session.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { Request, Response } from "express";
import type { SessionData, Store } from "express-session";
import { AppError } from "../http/errors.ts";
import { sha256 } from "../http/hash.ts";
import type { SessionPort } from "../passkeys/ports/sessions.ts";
import { fromPendingCodeData, toPendingCodeData } from "./pending-code.ts";
import { storeCall } from "./store-call.ts";

/** How long a renewed token can still sign out: longer than any request that is under way. */
const renewedMs = 60 * 1000;

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

type Kept = NonNullable<SessionData["passkeys"]>;
type SignedInData = NonNullable<Kept["signedIn"]>;

export function createBearerSessions(options: BearerSessionOptions): SessionPort {
  const { store, header = "Session-Token", now = () => new Date() } = options;
  const idleMs = (options.idleSeconds ?? 30 * 60) * 1000;
  const absoluteMs = (options.absoluteSeconds ?? 12 * 60 * 60) * 1000;

  async function read(key: string): Promise<Kept | null> {
    const data = await storeCall<SessionData | null>((done) => store.get(key, done));
    return data?.passkeys ?? null;
  }

  /** As the store measures a life: express-session calls it a cookie. */
  function lasting(kept: Kept, lifeMs = idleMs): SessionData {
    return {
      passkeys: kept,
      cookie: { originalMaxAge: lifeMs, expires: new Date(now().getTime() + lifeMs) },
    };
  }

  async function write(key: string, kept: Kept, lifeMs = idleMs): Promise<void> {
    await storeCall((done) => store.set(key, lasting(kept, lifeMs), done));
  }

  async function findSignedIn(req: Request): Promise<SignedInData | null> {
    const token = tokenOf(req);
    const kept = token === null ? null : await read(keyOf("session", token));
    if (token === null || kept?.signedIn === undefined) return null;
    // What a request under way renewed after the session was ended is as dead as the session.
    if ((await read(keyOf("ended", kept.signedIn.id))) !== null) return null;
    if (Date.parse(kept.signedIn.startedAt) + absoluteMs <= now().getTime()) return null;
    // Awaited: an answer must not be out before the session that it used has been prolonged.
    await storeCall((done) => {
      if (store.touch === undefined) done();
      else store.touch(keyOf("session", token), lasting(kept), done);
    });
    return kept.signedIn;
  }

  /**
   * A token that the caller chose is never taken over: only one of our making names anything.
   * @param retireOld runs when the new token works and before anybody is told of it: if the store fails in between, the
   * client has what it had
   */
  async function issue(
    res: Response,
    kind: "session" | "code",
    kept: Kept,
    retireOld = async (): Promise<void> => {},
  ): Promise<void> {
    const token = randomBytes(32).toString("base64url");
    await write(keyOf(kind, token), kept);
    await retireOld();
    res.set(header, token).set("Cache-Control", "no-store");
  }

  async function drop(req: Request): Promise<void> {
    const token = tokenOf(req);
    if (token === null) return;
    for (const kind of ["session", "code"] as const)
      await storeCall((done) => store.destroy(keyOf(kind, token), done));
  }

  /**
   * The token is worthless from now on, but whoever signs out with it means the session that it named. One write, with
   * no moment in between at which neither could be read.
   */
  async function retire(req: Request, sessionId: string): Promise<void> {
    const token = tokenOf(req);
    if (token === null) return;
    await write(keyOf("session", token), { renewed: sessionId }, renewedMs);
    await storeCall((done) => store.destroy(keyOf("code", token), done));
  }

  return {
    isAmbient: false,

    async current(req) {
      const signedIn = await findSignedIn(req);
      if (signedIn === null) return null;
      const { id, userId, method, authenticatedAt } = signedIn;
      return { id, userId, method, authenticatedAt: new Date(authenticatedAt) };
    },

    async start(req, res, { userId, method }) {
      const at = now().toISOString();
      const signedIn = { id: randomUUID(), userId, method, authenticatedAt: at, startedAt: at };
      await issue(res, "session", { signedIn }, () => drop(req));
    },

    async renew(req, res, { method }) {
      const signedIn = await findSignedIn(req);
      // Ended while the proof was under way.
      if (signedIn === null) throw new AppError("not_authenticated");
      const renewed = { ...signedIn, method, authenticatedAt: now().toISOString() };
      await issue(res, "session", { signedIn: renewed }, () => retire(req, signedIn.id));
    },

    async end(req, res) {
      const token = tokenOf(req);
      const kept = token === null ? null : await read(keyOf("session", token));
      const id = kept?.signedIn?.id ?? kept?.renewed;
      if (id !== undefined) await write(keyOf("ended", id), {}, absoluteMs);
      await drop(req);
      res.set(header, "");
    },

    async pendingOtp(req) {
      const token = tokenOf(req);
      const kept = token === null ? null : await read(keyOf("code", token));
      return fromPendingCodeData(kept?.pendingOtp);
    },

    async keepPendingOtp(req, res, pending) {
      const token = tokenOf(req);
      const key = token === null ? null : keyOf("code", token);
      const isOurs = key !== null && ((await findSignedIn(req)) !== null || (await read(key)) !== null);
      const kept = pending === null ? {} : { pendingOtp: toPendingCodeData(pending) };
      if (isOurs) await write(key, kept);
      else if (pending !== null) await issue(res, "code", kept);
    },
  };
}

/** Only tokens of our own making: 32 random bytes in base64url. */
function tokenOf(req: Request): string | null {
  return /^Bearer ([\w-]{43})$/i.exec(req.get("authorization") ?? "")?.[1] ?? null;
}

/**
 * Not the token itself: whoever reads the store must not be able to use it. The prefix keeps it no cookie's id, and
 * code and session apart, so that writing the one never brings the other back.
 */
function keyOf(kind: "session" | "code" | "ended", name: string): string {
  return `bearer-${kind}-${sha256(name)}`;
}
