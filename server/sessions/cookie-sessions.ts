/** Implements sessions by cookie, with express-session. No other file writes the user id of a session. */
import { unsign } from "cookie-signature";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import session, { type Store } from "express-session";
import { AppError } from "../http/errors.ts";
import { readCookies } from "../http/headers/cookies.ts";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { toStoreError } from "../http/outages.ts";
import { nameSession } from "../passkeys/ports/occasion.ts";
import type { SessionPort } from "../passkeys/ports/sessions.ts";
import { cookieName, readSecrets } from "./cookie-name.ts";
import { type IndexOptions, indexSessions } from "./indexed-sessions.ts";
import { codesByCookie } from "./pending-codes.ts";
import { sendOnlyNewCookie } from "./set-cookie-filter.ts";
import { StoreView } from "./store-call.ts";
import {
  destroy,
  destroyOther,
  keyOf,
  mark,
  newSignedIn,
  proven,
  read,
  regenerate,
  rotate,
  toSignedIn,
} from "./stored-session.ts";

export interface CookieSessionOptions extends IndexOptions {
  /** `storage.sessionStore`. Most other stores of express-session let a slow request bring an ended session back. */
  readonly store: Store;
  /** Signs the cookie; at least 32 characters. Several for a rotation: the first signs, all verify. */
  readonly secret: string | readonly string[];
  /**
   * For several brands in one app, whose sign-ins are to be separate: each has a name, and the cookie of one does not sign
   * in to another. Mount each middleware on the paths of its brand. Default `passkeys_session`.
   */
  readonly cookieName?: string;
  /** True for https origins: `Secure` and the `__Host-` prefix. False only for http://localhost. */
  readonly secure: boolean;
  /** Seconds without a request after which a session ends. Default 30 minutes. */
  readonly idleSeconds?: number;
  /** Seconds after sign-in at which a session ends, even in use. Default 12 hours. */
  readonly absoluteSeconds?: number;
  /** Default: the system clock. */
  readonly now?: () => Date;
}

const known: Names<CookieSessionOptions> = {
  store: true,
  secret: true,
  secure: true,
  now: true,
  cookieName: true,
  idleSeconds: true,
  absoluteSeconds: true,
  index: true,
  placeOf: true,
};

export interface CookieSessions extends SessionPort {
  /** Must run before the router that uses this port. */
  readonly middleware: RequestHandler;
}

/** @throws TypeError for a secret that is missing or too short, a bad cookie name, and an option that is not known */
export function createCookieSessions(options: CookieSessionOptions): CookieSessions {
  refuseUnknown("createCookieSessions", options, known);
  const { now = () => new Date() } = options;
  const secrets = readSecrets(options);
  const idleMs = (options.idleSeconds ?? 30 * 60) * 1000;
  const absoluteMs = (options.absoluteSeconds ?? 12 * 60 * 60) * 1000;
  const indexed = indexSessions(options, { idleMs, absoluteMs, now });
  const brand = options.cookieName ?? "passkeys_session";
  const name = cookieName(options.secure, brand);
  const codes = codesByCookie(cookieName(options.secure, `${brand}_code`), now);
  /** Requests whose session this middleware has loaded. */
  const withSession = new WeakSet<Request>();
  /** Requests whose session was read, or read again, when the whole body was there. */
  const settled = new WeakSet<Request>();
  const cookie = {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: options.secure,
    maxAge: idleMs,
  } as const;

  const load = session({
    name,
    cookie,
    secret: secrets,
    store: new StoreView(options.store),
    resave: false,
    saveUninitialized: false,
    // Sets the cookie in every answer; `sendOnlyNewCookie` keeps those that the browser does not have.
    rolling: true,
  });

  return {
    carriesAssurance: true,
    idleSeconds: Math.floor(idleMs / 1000),
    ...(indexed !== null && { sessionList: indexed.list }),

    middleware(req, res, next) {
      // express-session keeps the other middleware's session, and sign-in would write into that.
      if (req.session !== undefined && !withSession.has(req)) return next(new Error(foreignSession));
      // Node emits `request` after the headers. One turn later `req.complete` is true if the body has arrived with them.
      setImmediate(() => {
        if (req.complete) settled.add(req);
        sendOnlyNewCookie(name, req, res);
        load(req, res, (error?: unknown) => onLoaded(req, next, error));
      });
    },

    async current(req) {
      await settle(req);
      const signedIn = req.session.passkeys?.signedIn;
      if (signedIn === undefined) return null;
      const isOver = Date.parse(signedIn.startedAt) + absoluteMs <= now().getTime();
      if (isOver || (await indexed?.isAlive(req, signedIn)) === false) {
        // A new, empty session, because this request may sign in.
        await regenerate(req);
        return null;
      }
      return toSignedIn(signedIn);
    },

    async start(req, _res, session) {
      requireSettable(req);
      const before = req.session.passkeys?.signedIn;
      const signedIn = newSignedIn(session, now());
      await indexed?.add(req, signedIn);
      await rotate(req, signedIn);
      await codes.drop(req, before?.id ?? null);
      nameSession(req, signedIn.id);
      if (before !== undefined) await indexed?.end(before.id);
    },

    async renew(req, _res, proof) {
      // Read again: the user may have signed out during the step-up.
      const before = req.sessionID;
      const stored = (await read(req, before))?.passkeys?.signedIn;
      const signedIn = stored && proven(stored, proof, now());
      if (signedIn === undefined || (await indexed?.isAlive(req, signedIn)) === false)
        throw new AppError("not_authenticated");
      // The host's own data in the session is kept.
      const { cookie: _, passkeys: __, ...hosts } = req.session;
      await rotate(req, signedIn, hosts);
      // Sign-out writes `ended:` then reads `renewed:`; renew does the reverse, so the second one sees the other's marker.
      await mark(req, "renewed", before, req.sessionID);
      if ((await read(req, keyOf("ended", before))) === null) return;
      await destroy(req);
      throw new AppError("not_authenticated");
    },

    async end(req, res) {
      // A browser may send several cookies of this name. Requests in flight may have renewed the session, and that one again.
      const sids = namedByCookie(req);
      for (const sid of sids) {
        await mark(req, "ended", sid);
        const ended = indexed === null ? undefined : (await read(req, sid))?.passkeys?.signedIn;
        if (ended !== undefined) await indexed?.end(ended.id);
        const successor = (await read(req, keyOf("renewed", sid)))?.passkeys?.renewed;
        if (successor !== undefined && !sids.includes(successor)) sids.push(successor);
        if (sid !== req.sessionID) await destroyOther(req, sid);
      }
      await codes.drop(req, sessionIdOf(req));
      await destroy(req);
      clearCookie(res);
    },

    async pendingOtp(req) {
      await settle(req);
      return codes.find(req, sessionIdOf(req));
    },

    async keepPendingOtp(req, res, pending) {
      if (pending !== null) requireSettable(req);
      await codes.keep({ req, res }, sessionIdOf(req), pending);
    },
  };

  function onLoaded(req: Request, next: NextFunction, error: unknown): void {
    if (error !== undefined && error !== null) next(toStoreError(error));
    // After the store's `disconnect` event express-session continues without a session.
    else if (req.session === undefined) next(toStoreError(new Error("The store is disconnected.")));
    else {
      withSession.add(req);
      next();
    }
  }

  /** Reads the session again if the body came after it: a client may have held that back until after the sign-out. */
  async function settle(req: Request): Promise<void> {
    requireMounted(req);
    if (settled.has(req)) return;
    if (req.complete) settled.add(req);
    // A session that this request has made is not in its cookie, and no other request knows it.
    if (!namedByCookie(req).includes(req.sessionID)) return;
    const stored = await read(req, req.sessionID);
    if (stored === null) await regenerate(req);
    else if (stored.passkeys !== undefined) req.session.passkeys = stored.passkeys;
  }

  function sessionIdOf(req: Request): string | null {
    return req.session.passkeys?.signedIn?.id ?? null;
  }

  /** The session ids in this request's cookies, with a valid signature. After a renewal `req` has the new id only. */
  function namedByCookie(req: Request): string[] {
    // express-session's form: `s:`, the session id, and its signature.
    const signed = readCookies(req, name).filter((value) => value.startsWith("s:"));
    return signed.flatMap((value) => {
      const ids = secrets.map((secret) => unsign(value.slice(2), secret));
      return ids.filter((id) => id !== false);
    });
  }

  /** Refuses a request without our session: it would fail as "cannot read properties of undefined", or use the host's. */
  function requireMounted(req: Request): void {
    if (withSession.has(req)) return;
    throw new Error(req.session === undefined ? noSession : foreignSession);
  }

  /** express-session leaves a Secure cookie out of an answer to plain http, and the next request has no session. */
  function requireSettable(req: Request): void {
    if (options.secure && !req.secure) throw new AppError("internal_error", { detail: plainRequest });
  }

  function clearCookie(res: Response): void {
    const { maxAge: _, ...attributes } = cookie;
    res.clearCookie(name, attributes);
  }
}

const plainRequest =
  'createCookieSessions: the Secure session cookie cannot be set, because Express takes this request for plain http. Behind a proxy that ends TLS, write app.set("trust proxy", 1), with the number of proxies, and let the proxy send X-Forwarded-Proto. Without TLS, on localhost alone, pass secure: false.';
const noSession =
  "createCookieSessions: this request has no session. Mount `sessions.middleware` before the passkeys router: app.use(sessions.middleware).";
const foreignSession =
  "createCookieSessions: this request already has a session of other middleware. Pass the router createExpressSessionPort({ read, write }) over that session instead (createJwtSessions over one that its cookie holds whole, as in JWT.md), or mount the other middleware on other paths.";
