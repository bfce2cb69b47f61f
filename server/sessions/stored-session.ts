/** A session in express-session's store: read, saved, rotated, ended and marked as such. */
import type { Request } from "express";
import type { SessionData } from "express-session";
import type { AuthenticationMethod } from "../passkeys/ports/sessions.ts";
import type { PendingCodeData } from "./pending-code.ts";
import { storeCall } from "./store-call.ts";

/** Longer than any request that is under way. */
const markedMs = 60 * 1000;

export interface SignedInData {
  id: string;
  userId: string;
  method: AuthenticationMethod;
  authenticatedAt: string;
  startedAt: string;
}

declare module "express-session" {
  interface SessionData {
    /** All that is ours; the rest of a session is the host's. */
    passkeys?: {
      signedIn?: SignedInData;
      pendingOtp?: PendingCodeData;
      /** The id that took this one's place, or the session that a bearer token named before it was renewed. */
      renewed?: string;
    };
  }
}

/** Saved before the answer goes out, so that what was acknowledged is there. */
export function save(req: Request): Promise<void> {
  return storeCall((done) => req.session.save(done));
}

/** A session, or a mark, as the store has it; null when it has been ended. */
export async function read(req: Request, sid: string): Promise<SessionData | null> {
  return (await storeCall<SessionData | null>((done) => req.sessionStore.get(sid, done))) ?? null;
}

/** Leaves word of what became of a session, for requests that are under way with its cookie. */
export function mark(req: Request, what: "renewed" | "ended", sid: string, renewed?: string): Promise<void> {
  const cookie = { originalMaxAge: markedMs, expires: new Date(Date.now() + markedMs) };
  const kept = renewed === undefined ? { cookie } : { cookie, passkeys: { renewed } };
  return storeCall((done) => req.sessionStore.set(keyOf(what, sid), kept, done));
}

/** No cookie names it: a session id has no colon. */
export function keyOf(what: "renewed" | "ended", sid: string): string {
  return `${what}:${sid}`;
}

/**
 * Gives the request a new session with a new id, in which this person is signed in, and then ends the old one. When the
 * store fails, the request has its old session again: express-session saves what a request has once more when the answer
 * ends, and an answer that says "nothing was changed" must neither sign anybody in nor out.
 */
export async function rotate(req: Request, signedIn: SignedInData, hosts: object = {}): Promise<void> {
  const { session: before, sessionID: idBefore } = req;
  req.sessionStore.generate(req);
  Object.assign(req.session, hosts);
  req.session.passkeys = { signedIn };
  try {
    await save(req);
    // Without a cookie there is none: most people sign in so, and a delete for nothing takes 60 µs.
    if (req.headers.cookie !== undefined) await destroyOther(req, idBefore);
  } catch (error) {
    Object.assign(req, { session: before, sessionID: idBefore });
    throw error;
  }
}

/** Ends the session and gives the request another, with a new id and nothing in it. */
export function regenerate(req: Request): Promise<void> {
  return storeCall((done) => req.session.regenerate(done));
}

export function destroy(req: Request): Promise<void> {
  return storeCall((done) => req.session.destroy(done));
}

export function destroyOther(req: Request, sid: string): Promise<void> {
  return storeCall((done) => req.sessionStore.destroy(sid, done));
}
