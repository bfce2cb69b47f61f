/** What signed tokens cannot say about their session: that it has ended, or was renewed. */
import type { SessionData, Store } from "express-session";
import { sha256 } from "../http/hash.ts";
import type { JwtClaims } from "./jwt-claims.ts";
import { cookieLasting, readFrom, storeCall } from "./store-call.ts";

type Kept = NonNullable<SessionData["passkeys"]>;

export interface JwtStore {
  isEnded(claims: JwtClaims): Promise<boolean>;
  /** Whether a later proof has renewed the session, which ended these tokens. */
  isReplaced(claims: JwtClaims): Promise<boolean>;
  markEnded(claims: JwtClaims): Promise<void>;
  /** Ends the tokens of earlier revisions. */
  markRenewed(claims: JwtClaims): Promise<void>;
}

export function createJwtStore(store: Store, now: () => Date): JwtStore {
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

  return {
    isEnded: async ({ sid }) => (await read(keyOf("ended", sid))) !== null,
    isReplaced: async (claims) => (await revisionOf(claims)) > claims.session_rev,
    markEnded: (claims) => write(keyOf("ended", claims.sid), {}, lifeOf(claims)),

    async markRenewed(claims) {
      // Never back to an earlier one, when a later proof was quicker.
      if ((await revisionOf(claims)) < claims.session_rev)
        await write(keyOf("revision", claims.sid), { revision: claims.session_rev }, lifeOf(claims));
    },
  };
}

/** Hashed, so that a leaked key is not a usable token. */
function keyOf(kind: "ended" | "revision", name: string): string {
  return `jwt-${kind}-${sha256(name)}`;
}
