/** Reads, saves, rotates and ends sessions in express-session's store, and marks the ended ones. */
import { createHash, randomUUID } from "node:crypto";
import type { Request } from "express";
import type { SessionData } from "express-session";
import type { AuthenticationMethod, NewSession, SignedIn } from "../passkeys/ports/sessions.ts";
import { cookieLasting, destroyIn, readFrom, storeCall, unlessMissing } from "./store-call.ts";

/** Longer than any request in flight. */
const markedMs = 60 * 1000;

export interface SignedInData {
  id: string;
  userId: string;
  method: AuthenticationMethod;
  authenticatedAt: string;
  startedAt: string;
  /** Only in a session that is limited. */
  assurance?: "limited";
}

/** As a session keeps it: full assurance is kept by leaving it out. */
function keptAssurance({ assurance }: Pick<SignedIn, "assurance">): Pick<SignedInData, "assurance"> {
  return assurance === "limited" ? { assurance } : {};
}

/** A session that begins. */
export function newSignedIn(session: NewSession, at: Date): SignedInData {
  const { userId, method } = session;
  const time = at.toISOString();
  const times = { authenticatedAt: time, startedAt: time };
  return { id: randomUUID(), userId, method, ...times, ...keptAssurance(session) };
}

/** The session after a proof. */
export function proven(
  { assurance, ...before }: SignedInData,
  proof: Pick<SignedIn, "method" | "assurance">,
  at: Date,
): SignedInData {
  const kept = keptAssurance({ assurance: proof.assurance ?? assurance ?? "full" });
  return { ...before, ...kept, method: proof.method, authenticatedAt: at.toISOString() };
}

/** For `current` of a session port. */
export function toSignedIn({ id, userId, method, authenticatedAt, ...data }: SignedInData): SignedIn {
  return { id, userId, method, authenticatedAt: new Date(authenticatedAt), ...keptAssurance(data) };
}

/** The code that a client waits for, as the store keeps it in JSON. Times are ISO 8601. */
export interface PendingCodeData {
  challengeId: string;
  email: string;
  sentAt: string;
  expiresAt: string;
}

declare module "express-session" {
  interface SessionData {
    /** Our data; the other members belong to the host. */
    passkeys?: {
      signedIn?: SignedInData;
      /** In a row of its own, not in a session. */
      pendingOtp?: PendingCodeData;
      /** In a marker: the id of the successor, or of the session that a bearer token named before it was renewed. */
      renewed?: string;
      /** How often the session of a JWT was renewed. */
      revision?: number;
    };
  }
}

/** Saves before the answer goes out, so that the client never sees a success that was not stored. */
export function save(req: Request): Promise<void> {
  return storeCall((done) => req.session.save(done));
}

/** @returns the session or marker in the store, or null */
export function read(req: Request, sid: string): Promise<SessionData | null> {
  return readFrom(req.sessionStore, sid);
}

/** Writes a marker that tells requests in flight that a session was renewed or ended. */
export function mark(req: Request, what: "renewed" | "ended", sid: string, renewed?: string): Promise<void> {
  const cookie = cookieLasting(markedMs);
  const kept = renewed === undefined ? { cookie } : { cookie, passkeys: { renewed } };
  return storeCall((done) => req.sessionStore.set(keyOf(what, sid), kept, done));
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The key of a marker, or of a code. No cookie can name it: cookies of sessions are signed. It is as long as the id of a
 * session, and a UUID where that is one: a host's column may be of type `uuid`, or only as wide as its ids.
 */
export function keyOf(what: "renewed" | "ended" | "code", name: string, sid = name): string {
  const hash = createHash("sha256").update(`passkeys ${what}:${name}`);
  if (!uuid.test(sid)) return hash.digest("base64url").slice(0, sid.length);
  return hash.digest("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

/**
 * Gives the request a new signed-in session with a new id, then ends the old one. When the store fails, it restores the old
 * session: express-session saves the request's session again at the end of the answer, and a failed request must neither
 * sign in nor sign out.
 */
export async function rotate(req: Request, signedIn: SignedInData, hosts: object = {}): Promise<void> {
  const { session: before, sessionID: idBefore } = req;
  req.sessionStore.generate(req);
  Object.assign(req.session, hosts);
  req.session.passkeys = { signedIn };
  try {
    await save(req);
    // Without a cookie there is no old session. This saves a delete of 60 µs at most sign-ins.
    if (req.headers.cookie !== undefined) await destroyOther(req, idBefore);
  } catch (error) {
    Object.assign(req, { session: before, sessionID: idBefore });
    throw error;
  }
}

/** Ends the session and gives the request an empty one with a new id. */
export function regenerate(req: Request): Promise<void> {
  return storeCall((done) => req.session.regenerate(unlessMissing(done)));
}

export function destroy(req: Request): Promise<void> {
  return storeCall((done) => req.session.destroy(unlessMissing(done)));
}

export function destroyOther(req: Request, sid: string): Promise<void> {
  return destroyIn(req.sessionStore, sid);
}
