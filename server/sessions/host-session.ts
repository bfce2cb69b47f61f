/** Rotates and ends sessions of express-session middleware that belongs to the host, with any store. */
import type { Request } from "express";
import type { Session, SessionData } from "express-session";
import { requireTime } from "../http/request-deadline.ts";
import { cookieLasting, storeCall } from "./store-call.ts";
import { destroyOther, keyOf, read, save } from "./stored-session.ts";

/** How long the old id of a renewed session leads to the new one, for a sign-out in flight. */
const tombstoneMs = 60 * 1000;
/** The life of a session whose cookie names none: what the stores of npm take. */
const defaultLifeMs = 24 * 60 * 60 * 1000;
/** How many renewals, under way at the same time, a sign-out follows. */
const longestChain = 8;

/** What express-session puts into `req.session`. */
export type HostSession = Session & Partial<SessionData>;

/** What the host keeps in a session: all but the cookie's settings and our member. */
export function hostMembers(session: object): Record<string, unknown> {
  const { cookie: _, passkeys: __, ...hosts }: Partial<SessionData> = session;
  return { ...hosts };
}

/**
 * Gives the request a session with a new id. When `fill` or the store fails, the request keeps the old one: express-session
 * saves the request's session again at the end of the answer, and a failed request must neither sign in nor sign out.
 * @returns the id of the session before
 */
export async function moveTo(req: Request, fill: (session: HostSession) => Promise<void>): Promise<string> {
  const { session: before, sessionID: idBefore } = req;
  req.sessionStore.generate(req);
  const { session, sessionID } = req;
  // The request may be answered while `fill` waits, and must not save a session that has no user yet.
  Object.assign(req, { session: before, sessionID: idBefore });
  // The host may have set the life of this one session, as for "remember me".
  const { originalMaxAge } = before.cookie;
  if (typeof originalMaxAge === "number") session.cookie.maxAge = originalMaxAge;
  else session.cookie.expires = null;
  await fill(session);
  requireTime("`write` of createExpressSessionPort");
  try {
    Object.assign(req, { session, sessionID });
    await save(req);
  } catch (error) {
    Object.assign(req, { session: before, sessionID: idBefore });
    throw error;
  }
  return idBefore;
}

/**
 * Whether a session was ended or renewed. Most stores write a session that they no longer have, so a slow request can
 * bring one back: a marker of its id then says what happened, for as long as the session would have lasted.
 */
export async function isGone(req: Request, sid: string): Promise<boolean> {
  const markers = await Promise.all([read(req, keyOf("ended", sid)), read(req, keyOf("renewed", sid))]);
  return markers.some((marker) => marker !== null);
}

/**
 * Whether the session may have been read long before the body came. The host's own sign-out leaves no marker, so the store has
 * to be asked again. Only for the session of the request's cookie: the store does not have one that this request has made.
 */
export function isHeldBack({ headers }: Request, sid: string): boolean {
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  return hasBody && (headers.cookie ?? "").includes(sid);
}

export function wasEnded(req: Request, sid: string): Promise<boolean> {
  return read(req, keyOf("ended", sid)).then((marker) => marker !== null);
}

/** The old id of a renewed session. For a minute its row leads a sign-out in flight to the new one. */
export async function retire(req: Request, sid: string): Promise<void> {
  const passkeys = { renewed: req.sessionID };
  await write(req, keyOf("renewed", sid), passkeys, lifeOf(req.session));
  await write(req, sid, passkeys, tombstoneMs);
}

/** Ends a session and those that it was renewed to. The markers are written first: see `isGone`. */
export async function endChain(req: Request, first: string): Promise<void> {
  const life = lifeOf(req.session);
  let next: string | undefined = first;
  for (let depth = 0; next !== undefined && depth < longestChain; depth += 1) {
    const sid: string = next;
    await write(req, keyOf("ended", sid), {}, life);
    const marker: SessionData | null = (await read(req, keyOf("renewed", sid))) ?? (await read(req, sid));
    next = marker?.passkeys?.renewed;
    await destroyOther(req, sid);
  }
}

/** Ends the session that a new sign-in has replaced. */
export async function endOther(req: Request, sid: string, wasSignedIn: boolean): Promise<void> {
  if (wasSignedIn) await write(req, keyOf("ended", sid), {}, lifeOf(req.session));
  await destroyOther(req, sid);
}

function lifeOf({ cookie }: HostSession): number {
  return Math.max(cookie.originalMaxAge ?? defaultLifeMs, tombstoneMs);
}

function write(
  req: Request,
  key: string,
  passkeys: NonNullable<SessionData["passkeys"]>,
  lifeMs: number,
): Promise<void> {
  const cookie = cookieLasting(lifeMs);
  return storeCall((done) => req.sessionStore.set(key, { cookie, passkeys }, done)).then(() => {});
}
