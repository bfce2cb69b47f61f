/** What signed tokens cannot say about their session: that it has ended, was renewed, or waits for a code. */
import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import type { SessionData, Store } from "express-session";
import { sha256 } from "../http/hash.ts";
import type { PendingOtp } from "../passkeys/ports/sessions.ts";
import type { JwtClaims } from "./jwt-claims.ts";
import { fromPendingCodeData, toPendingCodeData } from "./pending-code.ts";
import { cookieLasting, destroyIn, readFrom, storeCall } from "./store-call.ts";

/** Longer than any code lives. */
const codeMs = 30 * 60 * 1000;

type Kept = NonNullable<SessionData["passkeys"]>;

export interface JwtStore {
  isEnded(claims: JwtClaims): Promise<boolean>;
  /** Whether a later proof has renewed the session, which ended these tokens. */
  isReplaced(claims: JwtClaims): Promise<boolean>;
  markEnded(claims: JwtClaims): Promise<void>;
  /** Ends the tokens of earlier revisions. */
  markRenewed(claims: JwtClaims): Promise<void>;
  pendingOtp(req: Request, claims: JwtClaims | null): Promise<PendingOtp | null>;
  keepPendingOtp(
    exchange: { req: Request; res: Response },
    claims: JwtClaims | null,
    pending: PendingOtp | null,
  ): Promise<void>;
  /** Forgets the code that this client has asked for. */
  dropCode(req: Request, claims: JwtClaims | null): Promise<void>;
}

export function createJwtStore(store: Store, codeHeader: string, now: () => Date): JwtStore {
  async function read(key: string): Promise<Kept | null> {
    const data = await readFrom(store, key);
    return data?.passkeys ?? null;
  }

  async function write(key: string, passkeys: Kept, lifeMs: number): Promise<void> {
    const cookie = cookieLasting(lifeMs, now().getTime());
    await storeCall((done) => store.set(key, { passkeys, cookie }, done));
  }

  /** A marker lasts as long as any token of its session may. */
  function lifeOf({ session_end }: JwtClaims): number {
    return Math.max(1000, session_end * 1000 - now().getTime());
  }

  async function revisionOf({ sid }: JwtClaims): Promise<number> {
    return (await read(keyOf("revision", sid)))?.revision ?? 0;
  }

  /** The code of a signed-in client waits under its session, that of a visitor under the token in the header. */
  function codeKey(req: Request, claims: JwtClaims | null): string | null {
    if (claims !== null) return keyOf("session-code", claims.sid);
    const token = req.get(codeHeader) ?? "";
    // Only a text of the form that is issued below: 32 bytes in base64url.
    return /^[\w-]{43}$/.test(token) ? keyOf("code", token) : null;
  }

  return {
    isEnded: async ({ sid }) => (await read(keyOf("ended", sid))) !== null,
    isReplaced: async (claims) => (await revisionOf(claims)) > claims.session_rev,
    markEnded: (claims) => write(keyOf("ended", claims.sid), {}, lifeOf(claims)),

    async markRenewed(claims) {
      // Never back to an earlier one, when a later proof was quicker.
      if ((await revisionOf(claims)) < claims.session_rev)
        await write(keyOf("revision", claims.sid), { revision: claims.session_rev }, lifeOf(claims));
    },

    async pendingOtp(req, claims) {
      const key = codeKey(req, claims);
      return key === null ? null : fromPendingCodeData((await read(key))?.pendingOtp);
    },

    async keepPendingOtp({ req, res }, claims, pending) {
      const known = codeKey(req, claims);
      if (pending === null) {
        if (known !== null) await destroyIn(store, known);
        return;
      }
      const kept = { pendingOtp: toPendingCodeData(pending) };
      // Never under a token that the client has chosen itself.
      if (claims !== null) await write(keyOf("session-code", claims.sid), kept, codeMs);
      else if (known !== null && (await read(known)) !== null) await write(known, kept, codeMs);
      else {
        const token = randomBytes(32).toString("base64url");
        await write(keyOf("code", token), kept, codeMs);
        res.set(codeHeader, token);
      }
    },

    async dropCode(req, claims) {
      for (const key of [codeKey(req, claims), codeKey(req, null)])
        if (key !== null) await destroyIn(store, key);
    },
  };
}

/** Hashed, so that a leaked key is not a usable token. */
function keyOf(kind: "ended" | "revision" | "session-code" | "code", name: string): string {
  return `jwt-${kind}-${sha256(name)}`;
}
