/**
 * An express-session store on our own database. The SQLite stores on npm are old, and the session table shares
 * the file, the migrations and the back-ups of the rest.
 */
import { createHash } from "node:crypto";
import type { Request } from "express";
import { type Session, type SessionData, Store } from "express-session";
import type { Database } from "../storage/database.ts";

const touchStepMs = 60 * 1000;

export class SqlSessionStore extends Store {
  readonly #db: Database;
  readonly #now: () => Date;
  /** Sessions that were read or written here. If the row is gone when they are written, they have been ended meanwhile. */
  readonly #stored = new WeakSet<object>();

  constructor(db: Database, now: () => Date) {
    super();
    this.#db = db;
    this.#now = now;
  }

  override createSession(req: Request, data: SessionData): Session & SessionData {
    const session = super.createSession(req, data);
    this.#stored.add(session);
    return session;
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    const found = this.#db
      .selectFrom("sessions")
      .select("data")
      .where("id", "=", hashed(sid))
      .where("expires_at", ">", this.#now().getTime())
      .executeTakeFirst();
    found
      .then((row) => (row === undefined ? null : JSON.parse(row.data)))
      .then((session) => done(null, session), done);
  }

  /** A request that was under way while its session was ended or rotated must not bring the old one back. */
  override set(sid: string, session: SessionData, done?: (error?: unknown) => void): void {
    const id = hashed(sid);
    const row = { data: JSON.stringify(session), expires_at: this.#expiry(session) };
    const written = this.#stored.has(session)
      ? this.#db.updateTable("sessions").set(row).where("id", "=", id).execute()
      : this.#db
          .insertInto("sessions")
          .values({ id, ...row })
          .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
          .execute();
    written.then(() => void this.#stored.add(session)).then(() => done?.(), done);
  }

  override destroy(sid: string, done?: (error?: unknown) => void): void {
    const deleted = this.#db.deleteFrom("sessions").where("id", "=", hashed(sid)).execute();
    deleted.then(() => done?.(), done);
  }

  /**
   * Moves the idle limit, in steps of a minute: a write at every request would cost more than the request.
   * Never brings a destroyed session back: it only updates.
   */
  override touch(sid: string, session: SessionData, done?: () => void): void {
    const expires_at = this.#expiry(session);
    const touched = this.#db
      .updateTable("sessions")
      .set({ expires_at })
      .where("id", "=", hashed(sid))
      .where("expires_at", "<", expires_at - touchStepMs)
      .execute();
    touched.then(
      () => done?.(),
      () => done?.(),
    );
  }

  #expiry(session: SessionData): number {
    return this.#now().getTime() + (session.cookie.originalMaxAge ?? 30 * 60 * 1000);
  }
}

function hashed(sid: string): string {
  return createHash("sha256").update(sid).digest("base64url");
}
