/**
 * connect-redis with two rules more: a session that was ended stays ended, and Redis keeps only the hash of a session
 * id, so that a key that is read there does not make a cookie.
 */
import { RedisStore } from "connect-redis";
import type { Request } from "express";
import type { Session, SessionData } from "express-session";
import { sha256 } from "../../http/hash.ts";
import type { OutageWatch } from "../../http/outages.ts";
import { ignoreOutage, settle } from "../../http/settle.ts";

const defaultLifeMs = 30 * 60 * 1000;

type Done = (error?: unknown) => void;
type Options = ConstructorParameters<typeof RedisStore>[0];

export class RedisSessionStore extends RedisStore {
  /** Sessions that were read or written here. If the key is gone when they are written, they have been ended meanwhile. */
  readonly #stored = new WeakSet<object>();

  readonly #outages: OutageWatch;

  constructor(options: Options, outages: OutageWatch) {
    super(options);
    this.#outages = outages;
  }

  override createSession(req: Request, data: SessionData): Session & SessionData {
    const session = super.createSession(req, data);
    this.#stored.add(session);
    return session;
  }

  override get(sid: string, done?: (error: unknown, session?: SessionData | null) => void) {
    const found: Promise<SessionData | null> = this.#outages.run(
      () => super.get(sha256(sid)),
      () => "get session",
    );
    return settle(found, done);
  }

  /** A request that was under way while its session was ended or rotated must not bring the old one back. */
  override async set(sid: string, session: SessionData, done?: Done): Promise<void> {
    const seconds = Math.ceil((session.cookie.originalMaxAge ?? defaultLifeMs) / 1000);
    if (seconds <= 0) return this.destroy(sid, done);
    const expiration = { type: "EX", value: seconds } as const;
    const written = this.#outages.run(
      async () => {
        await this.client.set(this.prefix + sha256(sid), this.serializer.stringify(session), {
          expiration,
          ...(this.#stored.has(session) && { condition: "XX" }),
        });
        this.#stored.add(session);
      },
      () => "set session",
    );
    await settle(written, done);
  }

  /**
   * Says nothing of an outage, as the SQL store's does: the answer is on its way already, and express-session would have
   * the error printed. The session ends earlier; the storage has given notice.
   */
  override async touch(sid: string, session: SessionData, done?: Done): Promise<void> {
    const touched = this.#outages.run(
      () => super.touch(sha256(sid), session),
      () => "touch session",
    );
    await settle(touched.catch(ignoreOutage), done);
  }

  override destroy(sid: string, done?: Done) {
    return settle(
      this.#outages.run(
        () => super.destroy(sha256(sid)),
        () => "delete session",
      ),
      done,
    );
  }
}
