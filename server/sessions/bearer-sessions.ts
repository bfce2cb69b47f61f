/**
 * Implements sessions by bearer token, for clients without cookies: a mobile app, or a page on another site. The token is
 * random; its hash is the key of a session in the store that cookie sessions use too.
 *
 * The response header `Session-Token` carries each new token; the client keeps the newest and sends it as
 * `Authorization: Bearer …`. A renewal invalidates the token before; an empty header means that the session has ended. A
 * visitor's one-time code has a token of its own, in the header `Code-Token`.
 */
import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import type { SessionData, Store } from "express-session";
import { AppError } from "../http/errors.ts";
import { sha256 } from "../http/hash.ts";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { nameSession } from "../passkeys/ports/occasion.ts";
import type { SessionPort } from "../passkeys/ports/sessions.ts";
import { type IndexOptions, indexSessions } from "./indexed-sessions.ts";
import { codesByHeader } from "./pending-codes.ts";
import { cookieLasting, destroyIn, readFrom, storeCall } from "./store-call.ts";
import { newSignedIn, proven, toSignedIn } from "./stored-session.ts";

/** How long a renewed token can still sign out: longer than any request in flight. */
const renewedMs = 60 * 1000;

export interface BearerSessionOptions extends IndexOptions {
  /** `storage.sessionStore`. */
  readonly store: Store;
  /** The response header that carries a new token. Pages of other origins need it in `Access-Control-Expose-Headers`. Default `Session-Token`. */
  readonly header?: string;
  /** The header, of answers and requests, that names a visitor's e-mail code. Default `Code-Token`. */
  readonly codeHeader?: string;
  /** Seconds without a request after which a session ends. Default 30 minutes. */
  readonly idleSeconds?: number;
  /** Seconds after sign-in at which a session ends, even in use. Default 12 hours. */
  readonly absoluteSeconds?: number;
  /** Default: the system clock. */
  readonly now?: () => Date;
}

const known: Names<BearerSessionOptions> = {
  store: true,
  header: true,
  codeHeader: true,
  idleSeconds: true,
  absoluteSeconds: true,
  now: true,
  index: true,
  placeOf: true,
};

type Kept = NonNullable<SessionData["passkeys"]>;
type SignedInData = NonNullable<Kept["signedIn"]>;

/** @throws TypeError for an option that is not known */
export function createBearerSessions(options: BearerSessionOptions): SessionPort {
  refuseUnknown("createBearerSessions", options, known);
  const { store, header = "Session-Token", now = () => new Date() } = options;
  const idleMs = (options.idleSeconds ?? 30 * 60) * 1000;
  const absoluteMs = (options.absoluteSeconds ?? 12 * 60 * 60) * 1000;
  const codes = codesByHeader(store, options.codeHeader ?? "Code-Token", now);

  const indexed = indexSessions(options, { idleMs, absoluteMs, now });

  async function read(key: string): Promise<Kept | null> {
    const data = await readFrom(store, key);
    return data?.passkeys ?? null;
  }

  /** A session as the store keeps it; the store reads the end of its life from `cookie`. */
  function lasting(kept: Kept, lifeMs = idleMs): SessionData {
    return { passkeys: kept, cookie: cookieLasting(lifeMs, now().getTime()) };
  }

  async function write(key: string, kept: Kept, lifeMs = idleMs): Promise<void> {
    await storeCall((done) => store.set(key, lasting(kept, lifeMs), done));
  }

  async function findSignedIn(req: Request): Promise<SignedInData | null> {
    const token = tokenOf(req);
    const kept = token === null ? null : await read(keyOf("session", token));
    if (token === null || kept?.signedIn === undefined) return null;
    // A request in flight may have renewed the session after sign-out.
    if ((await read(keyOf("ended", kept.signedIn.id))) !== null) return null;
    if (Date.parse(kept.signedIn.startedAt) + absoluteMs <= now().getTime()) return null;
    if ((await indexed?.isAlive(req, kept.signedIn)) === false) return null;
    // Awaited, so that the session is prolonged before the answer goes out.
    await storeCall((done) => {
      if (store.touch === undefined) done();
      else store.touch(keyOf("session", token), lasting(kept), done);
    });
    return kept.signedIn;
  }

  /**
   * Always creates a new token, so that a client cannot choose its own.
   * @param retireOld invalidates the old token, once the new one works and before the client gets it: if the store fails
   * in between, the client still has a valid one
   */
  async function issue(res: Response, kept: Kept, retireOld = async (): Promise<void> => {}): Promise<void> {
    const token = randomBytes(32).toString("base64url");
    await write(keyOf("session", token), kept);
    await retireOld();
    res.set(header, token).set("Cache-Control", "no-store");
  }

  async function drop(req: Request): Promise<void> {
    const token = tokenOf(req);
    if (token === null) return;
    await destroyIn(store, keyOf("session", token));
  }

  /**
   * Replaces the session of the old token by a reference to the session, so that sign-out with the old token still works.
   * One write, so that there is no moment without either.
   */
  async function retire(req: Request, sessionId: string): Promise<void> {
    const token = tokenOf(req);
    if (token !== null) await write(keyOf("session", token), { renewed: sessionId }, renewedMs);
  }

  return {
    isAmbient: false,
    carriesAssurance: true,
    idleSeconds: Math.floor(idleMs / 1000),
    ...(indexed !== null && { sessionList: indexed.list }),

    async current(req) {
      const signedIn = await findSignedIn(req);
      return signedIn === null ? null : toSignedIn(signedIn);
    },

    async start(req, res, session) {
      const signedIn = newSignedIn(session, now());
      const token = tokenOf(req);
      const before = token === null ? null : await read(keyOf("session", token));
      await indexed?.add(req, signedIn);
      await issue(res, { signedIn }, () => drop(req));
      await codes.drop(req, before?.signedIn?.id ?? null);
      nameSession(req, signedIn.id);
      if (before?.signedIn !== undefined) await indexed?.end(before.signedIn.id);
    },

    async renew(req, res, proof) {
      const signedIn = await findSignedIn(req);
      // The session was ended during the step-up.
      if (signedIn === null) throw new AppError("not_authenticated");
      const renewed = proven(signedIn, proof, now());
      await issue(res, { signedIn: renewed }, () => retire(req, signedIn.id));
    },

    async end(req, res) {
      const token = tokenOf(req);
      const kept = token === null ? null : await read(keyOf("session", token));
      const id = kept?.signedIn?.id ?? kept?.renewed;
      if (id !== undefined) {
        await write(keyOf("ended", id), {}, absoluteMs);
        await indexed?.end(id);
      }
      await drop(req);
      await codes.drop(req, id ?? null);
      res.set(header, "");
    },

    async pendingOtp(req) {
      return codes.find(req, (await findSignedIn(req))?.id ?? null);
    },

    async keepPendingOtp(req, res, pending) {
      await codes.keep({ req, res }, (await findSignedIn(req))?.id ?? null, pending);
    },
  };
}

/** Only a text of the form that `issue` creates: 32 bytes in base64url. */
function tokenOf(req: Request): string | null {
  return /^Bearer ([\w-]{43})$/i.exec(req.get("authorization") ?? "")?.[1] ?? null;
}

/**
 * The hash, so that a reader of the store cannot use the token. The prefix separates bearer keys from cookie session ids.
 */
function keyOf(kind: "session" | "ended", name: string): string {
  return `bearer-${kind}-${sha256(name)}`;
}
