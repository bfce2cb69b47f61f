/**
 * Keeps the one-time code that a client waits for. Its row is not the session: the key is the session's id if the client is
 * signed in, else a random token that only this client has. So the answer to a request for a code carries no session: if it
 * comes after the answer of a sign-in, it replaces nothing.
 */
import { randomBytes } from "node:crypto";
import type { CookieOptions, Request, Response } from "express";
import type { Store } from "express-session";
import { sha256 } from "../http/hash.ts";
import { readCookies } from "../http/headers/cookies.ts";
import { unlessOut } from "../http/outages.ts";
import type { PendingOtp } from "../passkeys/ports/sessions.ts";
import { cookieLasting, destroyIn, readFrom, storeCall } from "./store-call.ts";
import { keyOf, type PendingCodeData } from "./stored-session.ts";

/** Longer than any code lives. */
const codeMs = 30 * 60 * 1000;

/** Each costs a look-up. A browser has one, or a few whose paths differ. */
const mostTokens = 4;

/** Also those that the types of express-session do not know. */
type CookieAttributes = Omit<CookieOptions, "secure" | "expires"> & { readonly secure?: unknown };

interface Exchange {
  readonly req: Request;
  readonly res: Response;
}

/** How a visitor's token travels. */
interface Carrier {
  /** What a client has sent, not verified. */
  read(req: Request): readonly string[];
  send(exchange: Exchange, token: string): void;
}

interface PendingCodesOptions {
  readonly carrier: Carrier;
  storeOf(req: Request): Store;
  /** The store's key. `name` is the id of a session, or a visitor's token. */
  keyOf(req: Request, name: string): string;
  readonly now: () => Date;
}

/** `sessionId` is null for a visitor. */
export interface PendingCodes {
  find(req: Request, sessionId: string | null): Promise<PendingOtp | null>;
  /** Keeps a code, or forgets it when `pending` is null. */
  keep(exchange: Exchange, sessionId: string | null, pending: PendingOtp | null): Promise<void>;
  /**
   * Forgets what the session and the visitor have asked for: at a sign-in, and when a session ends. In an outage the row
   * stays for its half hour: a code is accepted once. The client keeps a token that names nothing any more.
   */
  drop(req: Request, sessionId: string | null): Promise<void>;
}

/** For bearer tokens and JWTs: the token is in a header of answers and of requests. */
export function codesByHeader(store: Store, header: string, now: () => Date): PendingCodes {
  return createPendingCodes({
    now,
    storeOf: () => store,
    // Hashed, so that a reader of the store cannot use the token.
    keyOf: (_req, name) => `pending-code-${sha256(name)}`,
    carrier: {
      read: (req) => [req.get(header) ?? ""],
      send: ({ res }, token) => void res.set(header, token).set("Cache-Control", "no-store"),
    },
  });
}

/** For express-session: the token is in a cookie with the attributes of the session's own, beside it. */
export function codesByCookie(name: string, now: () => Date): PendingCodes {
  return createPendingCodes({
    now,
    storeOf: (req) => req.sessionStore,
    // Of the form that this store's session ids have. Brands may share a store.
    keyOf: (req, of) => keyOf("code", `${name} ${of}`, req.sessionID),
    carrier: {
      read: (req) => readCookies(req, name),
      send: ({ req, res }, token) => void res.cookie(name, token, attributesOf(req)),
    },
  });
}

/** Without a life: the cookie ends with the browser, as the store's row does after `codeMs`. */
export function attributesOf({ session }: Request): object {
  const { path, domain, secure, httpOnly, sameSite, partitioned }: CookieAttributes = session.cookie;
  const attributes = { path, domain, secure, httpOnly, sameSite, partitioned };
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function createPendingCodes(options: PendingCodesOptions): PendingCodes {
  const { carrier, storeOf, now } = options;

  /** Only texts of the form that is issued below: 32 bytes in base64url. */
  function namesOf(req: Request, sessionId: string | null): string[] {
    if (sessionId !== null) return [`session ${sessionId}`];
    const tokens = carrier.read(req).filter((token) => /^[\w-]{43}$/.test(token));
    return tokens.slice(0, mostTokens);
  }

  /** The first that waits under one of the names: a client may send texts that it has chosen itself. */
  async function lookUp(req: Request, names: readonly string[]): Promise<PendingCodeData | null> {
    for (const name of names) {
      const code = (await readFrom(storeOf(req), options.keyOf(req, name)))?.passkeys?.pendingOtp;
      if (code !== undefined) return code;
    }
    return null;
  }

  async function forget(req: Request, names: readonly string[]): Promise<void> {
    for (const name of names) await destroyIn(storeOf(req), options.keyOf(req, name));
  }

  return {
    async find(req, sessionId) {
      const found = await lookUp(req, namesOf(req, sessionId));
      return found === null ? null : fromData(found);
    },

    async keep({ req, res }, sessionId, pending) {
      const names = namesOf(req, sessionId);
      if (pending === null) return forget(req, names);
      // A visitor gets a new token with each code: another site's page may have put the present one there, and know it.
      const isVisitor = sessionId === null;
      const name = isVisitor ? randomBytes(32).toString("base64url") : `session ${sessionId}`;
      const kept = {
        passkeys: { pendingOtp: toData(pending) },
        cookie: cookieLasting(codeMs, now().getTime()),
      };
      await storeCall((done) => storeOf(req).set(options.keyOf(req, name), kept, done));
      if (!isVisitor) return;
      carrier.send({ req, res }, name);
      // In an outage the code before stays for its half hour: the browser has its token no more.
      await unlessOut(forget(req, names), undefined);
    },

    async drop(req, sessionId) {
      const ofSession = sessionId === null ? [] : namesOf(req, sessionId);
      await unlessOut(forget(req, [...ofSession, ...namesOf(req, null)]), undefined);
    },
  };
}

function toData({ challengeId, email, sentAt, expiresAt }: PendingOtp): PendingCodeData {
  return { challengeId, email, sentAt: sentAt.toISOString(), expiresAt: expiresAt.toISOString() };
}

function fromData({ challengeId, email, sentAt, expiresAt }: PendingCodeData): PendingOtp {
  return { challengeId, email, sentAt: new Date(sentAt), expiresAt: new Date(expiresAt) };
}
