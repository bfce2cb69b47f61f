/** The session port over express-session middleware that an app has already, as passport uses it. */
import { randomUUID } from "node:crypto";
import type { Request, RequestHandler } from "express";
import type { SessionData } from "express-session";
import { AppError } from "../http/errors.ts";
import { sha256 } from "../http/hash.ts";
import { toPortError } from "../http/outages.ts";
import { isMethodName, methodNames } from "../passkeys/ports/checked-ports.ts";
import { nameSession } from "../passkeys/ports/occasion.ts";
import type { SessionPort } from "../passkeys/ports/sessions.ts";
import { checkOptions, fault, requireSession, requireSettable } from "./express-session-checks.ts";
import {
  endChain,
  endOther,
  type HostSession,
  hostMembers,
  isGone,
  isHeldBack,
  moveTo,
  retire,
  wasEnded,
} from "./host-session.ts";
import { attributesOf, codesByCookie } from "./pending-codes.ts";
import {
  destroy,
  destroyOther,
  newSignedIn,
  proven,
  read,
  type SignedInData,
  toSignedIn,
} from "./stored-session.ts";

/** `Members`: what the host keeps in `req.session`. By default, what it has declared in express-session's `SessionData`. */
export interface ExpressSessionPortOptions<Members extends object = HostSession> {
  /**
   * The id of the signed-in user, from where your own sign-in keeps it: `(session) => session.passport?.user`. Null or
   * undefined for a visitor. A number counts as its text.
   */
  readonly read: (session: Members) => string | number | bigint | null | undefined;
  /**
   * Writes the user as your own sign-in does: `(session, userId) => { session.passport = { user: userId }; }`. May look the
   * user up, where yours keeps the whole user: a promise is waited for.
   */
  readonly write: (session: Members, userId: string) => unknown;
  /**
   * The method of sessions that your own sign-in has started without `recordProof`. Their proof has no known time, so it
   * is never fresh. Default `password`.
   */
  readonly hostMethod?: string;
  /** Members of a visitor's session that a sign-in carries over, such as `["basket"]`. Default none. */
  readonly keepAtSignIn?: readonly string[];
  /** The `name` of your session cookie, which `end` clears. Default `connect.sid`. */
  readonly cookieName?: string;
  /** Seconds after the sign-in at which a session ends here, even in use. Default: as long as your middleware keeps it. */
  readonly absoluteSeconds?: number;
  /** Default: the system clock. */
  readonly now?: () => Date;
}

export interface ExpressSessionPort extends SessionPort {
  /**
   * Records that this request's own sign-in was a proof, now, and gives the session a new id with all its members:
   * `app.post("/login", passport.authenticate("local"), sessions.recordProof("password"), …)`. Without it, people have to
   * prove again who they are before they can add a passkey.
   */
  recordProof(method: string): RequestHandler;
  /**
   * Middleware for your own routes, behind the session middleware. Most stores let a request that was slower than a
   * sign-out or a renewal write the old session back; this makes such a request a visitor. Two reads of the store for each
   * request of a signed-in person. `current` always does the same.
   */
  readonly refuseEnded: RequestHandler;
}

/**
 * Sessions stay yours: your middleware, cookie and store, and every member that you keep in them. In a session only the
 * member `passkeys` is ours. A renewal gives the session a new id and keeps your members, as the store has them at that
 * moment: a basket, a CSRF secret, what passport keeps. A sign-in begins with none, but those of `keepAtSignIn` from a
 * visitor and all of them when the same person signs in again. An e-mail code that a visitor waits for is in your store,
 * under a name that only the cookie `<cookieName>_code` has. Sign out with `end`: a session that your own code destroys
 * cannot win against a renewal that is in its last step.
 *
 * The routes `/sessions` are absent, because only your own sign-in knows all sessions of a user. To have them, pass
 * `{ ...createExpressSessionPort(…), sessionList }` over your own table of sessions.
 * @throws TypeError for options that cannot work
 */
export function createExpressSessionPort<Members extends object = HostSession>(
  options: ExpressSessionPortOptions<Members>,
): ExpressSessionPort {
  checkOptions(options);
  const { keepAtSignIn = [], cookieName = "connect.sid", now = () => new Date() } = options;
  const absoluteMs = (options.absoluteSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const codes = codesByCookie(`${cookieName}_code`, now);

  /** The session that the cookie of a request names, where `find` has put an empty one in its place. */
  const dropped = new WeakMap<Request, string>();

  /** Who is signed in by the host's own members. The proof is ours only if it is of the same user. */
  function signedInBy(session: Partial<SessionData>, sid: string): SignedInData | null {
    const userId = userIn(session);
    if (userId === null) return null;
    const known = session.passkeys?.signedIn;
    if (known?.userId === userId) return known;
    const never = new Date(0).toISOString();
    const id = sha256(`passkeys ${sid}`);
    return { id, userId, method: options.hostMethod ?? "password", authenticatedAt: never, startedAt: "" };
  }

  /** The host knows what is in its session. */
  const membersOf = (session: object): Members => Object(session);

  function userIn(session: object): string | null {
    const userId: unknown = options.read(membersOf(session));
    if (userId === null || userId === undefined || userId === "") return null;
    if (typeof userId === "string") return userId;
    if (typeof userId === "number" || typeof userId === "bigint") return String(userId);
    throw fault(`\`read\` returned ${typeof userId}. Return the id of the user, or null for a visitor`);
  }

  function sessionIdOf(req: Request): string | null {
    return signedInBy(req.session, req.sessionID)?.id ?? null;
  }

  /** Null also for a session that a slow request has brought back. */
  async function find(req: Request, isJustLoaded = false): Promise<SignedInData | null> {
    requireSession(req);
    const sid = req.sessionID;
    const signedIn = signedInBy(req.session, sid);
    if (signedIn === null) return null;
    const isOver = Date.parse(signedIn.startedAt) + absoluteMs <= now().getTime();
    if (!isOver && !(await (isJustLoaded ? isGone(req, sid) : hasEnded(req, sid)))) return signedIn;
    // The cookie of an empty session must not replace a newer one, so a request that was under way keeps what it has.
    if (isOver || isJustLoaded || (await isStored(req, sid))) {
      await destroyOther(req, sid);
      req.sessionStore.generate(req);
      dropped.set(req, sid);
    }
    return null;
  }

  async function hasEnded(req: Request, sid: string): Promise<boolean> {
    return (await isGone(req, sid)) || (isHeldBack(req, sid) && !(await isStored(req, sid)));
  }

  async function isStored(req: Request, sid: string): Promise<boolean> {
    return userIn((await read(req, sid)) ?? {}) !== null;
  }

  async function fill(session: HostSession, hosts: object, signedIn: SignedInData): Promise<void> {
    Object.assign(session, hosts);
    await options.write(membersOf(session), signedIn.userId);
    session.passkeys = { signedIn };
    if (userIn(session) !== signedIn.userId)
      throw fault("`read` does not find the user whom `write` has written");
  }

  async function recordProof(req: Request, method: string): Promise<void> {
    requireSession(req);
    const known = signedInBy(req.session, req.sessionID);
    if (known === null)
      throw fault("`recordProof` found no signed-in user: mount it behind the handler that signs in");
    const isNew = known.startedAt === "";
    const proof = proven(known, { method, assurance: "full" }, now());
    const signedIn = isNew ? { ...proof, id: randomUUID(), startedAt: proof.authenticatedAt } : proof;
    const before = await moveTo(req, (session) => fill(session, hostMembers(req.session), signedIn));
    await (isNew ? endOther(req, before, true) : retire(req, before));
  }

  return {
    carriesAssurance: true,

    async current(req) {
      const signedIn = await find(req);
      return signedIn === null ? null : toSignedIn(signedIn);
    },

    async start(req, _res, session) {
      const known = await find(req);
      requireSettable(req);
      const isVisitor = userIn(req.session) === null;
      const members = Object.entries(hostMembers(req.session));
      const kept = members.filter(
        ([name]) => known?.userId === session.userId || (isVisitor && keepAtSignIn.includes(name)),
      );
      const signedIn = newSignedIn(session, now());
      const before = await moveTo(req, (moved) => fill(moved, Object.fromEntries(kept), signedIn));
      nameSession(req, signedIn.id);
      await codes.drop(req, known?.id ?? null);
      await endOther(req, before, !isVisitor);
    },

    async renew(req, _res, proof) {
      requireSession(req);
      // Read again: another request may have ended it, or written to it, during the step-up.
      const stored = await read(req, req.sessionID);
      const signedIn = stored === null ? null : signedInBy(stored, req.sessionID);
      if (stored === null || signedIn === null || (await isGone(req, req.sessionID)))
        throw new AppError("not_authenticated");
      const startedAt = signedIn.startedAt === "" ? now().toISOString() : signedIn.startedAt;
      const renewed = { ...proven(signedIn, proof, now()), startedAt };
      const before = await moveTo(req, (session) => fill(session, hostMembers(stored), renewed));
      // The host's own sign-out leaves no marker, and no session; another renewal leaves no user in it.
      const isThere = await isStored(req, before);
      if (isThere) await retire(req, before);
      // Sign-out writes its marker and then reads ours; here it is the reverse, so the second one sees the other's.
      if (isThere && !(await wasEnded(req, before))) return;
      await destroy(req);
      throw new AppError("not_authenticated");
    },

    async end(req, res) {
      requireSession(req);
      const attributes = attributesOf(req);
      const isKnown = userIn(req.session) !== null || req.session.passkeys?.renewed !== undefined;
      const named = dropped.get(req) ?? (isKnown ? req.sessionID : null);
      // No marker for a visitor: strangers could fill the store with them.
      if (named !== null) await endChain(req, named);
      await codes.drop(req, sessionIdOf(req));
      await destroy(req);
      res.clearCookie(cookieName, attributes);
    },

    async pendingOtp(req) {
      requireSession(req);
      return codes.find(req, sessionIdOf(req));
    },

    async keepPendingOtp(req, res, pending) {
      requireSession(req);
      if (pending !== null) requireSettable(req);
      await codes.keep({ req, res }, sessionIdOf(req), pending);
    },

    recordProof(method) {
      if (!isMethodName(method))
        throw new TypeError(`recordProof: the method must be one of the ${methodNames}.`);
      return (req, _res, next) => {
        recordProof(req, method).then(() => next(), next);
      };
    },

    refuseEnded(req, _res, next) {
      find(req, true).then(
        () => next(),
        (error: unknown) => next(toPortError(error)),
      );
    },
  };
}
