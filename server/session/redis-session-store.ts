/** connect-redis with one rule more: a session that was ended stays ended. */
import { RedisStore } from "connect-redis";
import type { Request } from "express";
import type { Session, SessionData } from "express-session";

const defaultLifeMs = 30 * 60 * 1000;

export class RedisSessionStore extends RedisStore {
  /** Sessions that were read or written here. If the key is gone when they are written, they have been ended meanwhile. */
  readonly #stored = new WeakSet<object>();

  override createSession(req: Request, data: SessionData): Session & SessionData {
    const session = super.createSession(req, data);
    this.#stored.add(session);
    return session;
  }

  /** A request that was under way while its session was ended or rotated must not bring the old one back. */
  override async set(sid: string, session: SessionData, done?: (error?: unknown) => void): Promise<void> {
    if (!this.#stored.has(session)) {
      return super.set(sid, session, (error) => {
        if (error === undefined || error === null) this.#stored.add(session);
        done?.(error);
      });
    }
    const seconds = Math.ceil((session.cookie.originalMaxAge ?? defaultLifeMs) / 1000);
    const options = { expiration: { type: "EX", value: seconds }, condition: "XX" } as const;
    await this.client
      .set(this.prefix + sid, this.serializer.stringify(session), options)
      .then(() => done?.(), done);
  }
}
