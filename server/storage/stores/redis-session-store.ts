/**
 * An express-session store in Redis. A session that was ended stays ended, and Redis keeps only the hash of a session id, so
 * that a key that is read there does not make a cookie.
 */
import type { Request } from "express";
import { type Session, type SessionData, Store } from "express-session";
import { sha256 } from "../../http/hash.ts";
import type { OutageWatch } from "../../http/outages.ts";
import { ignoreOutage, settle } from "../../http/settle.ts";

const defaultLifeMs = 30 * 60 * 1000;

type Done = (error?: unknown) => void;

/** What the clients of `redis` have in common, as far as it is used here. */
export interface SessionClient {
  get(key: string): Promise<string | null>;
  set(
    key: string,
    value: string,
    options: {
      readonly expiration: { readonly type: "EX"; readonly value: number };
      readonly condition?: "XX";
    },
  ): Promise<unknown>;
  expire(key: string, seconds: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
}

export class RedisSessionStore extends Store {
  readonly prefix: string;
  readonly #client: SessionClient;
  readonly #outages: OutageWatch;
  /** Sessions that were read or written here. If the key is gone when they are written, they have been ended meanwhile. */
  readonly #stored = new WeakSet<object>();

  constructor(client: SessionClient, prefix: string, outages: OutageWatch) {
    super();
    this.#client = client;
    this.prefix = prefix;
    this.#outages = outages;
  }

  override createSession(req: Request, data: SessionData): Session & SessionData {
    const session = super.createSession(req, data);
    this.#stored.add(session);
    return session;
  }

  override get(sid: string, done?: (error: unknown, session?: SessionData | null) => void) {
    const found = this.#outages.run(
      async (): Promise<SessionData | null> => {
        const text = await this.#client.get(this.#keyOf(sid));
        return text === null ? null : JSON.parse(text);
      },
      () => "get session",
    );
    return settle(found, done);
  }

  /** A request that was under way while its session was ended or rotated must not bring the old one back. */
  override set(sid: string, session: SessionData, done?: Done) {
    const value = secondsOf(session);
    if (value <= 0) return this.destroy(sid, done);
    const expiration = { type: "EX", value } as const;
    const written = this.#outages.run(
      async () => {
        await this.#client.set(this.#keyOf(sid), JSON.stringify(session), {
          expiration,
          ...(this.#stored.has(session) && { condition: "XX" }),
        });
        this.#stored.add(session);
      },
      () => "set session",
    );
    return settle(written, done);
  }

  /**
   * Says nothing of an outage, as the SQL store's does: the answer is on its way already, and express-session would have
   * the error printed. The session ends earlier; the storage has given notice.
   */
  override touch(sid: string, session: SessionData, done?: Done) {
    const touched = this.#outages.run(
      () => this.#client.expire(this.#keyOf(sid), secondsOf(session)),
      () => "touch session",
    );
    return settle(touched.catch(ignoreOutage), done);
  }

  override destroy(sid: string, done?: Done) {
    const destroyed = this.#outages.run(
      () => this.#client.del(this.#keyOf(sid)),
      () => "delete session",
    );
    return settle(destroyed, done);
  }

  #keyOf(sid: string): string {
    return this.prefix + sha256(sid);
  }
}

function secondsOf({ cookie }: SessionData): number {
  return Math.ceil((cookie.originalMaxAge ?? defaultLifeMs) / 1000);
}
