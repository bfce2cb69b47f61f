/**
 * An express-session store on our own database. The SQLite stores on npm are old, and the session table shares
 * the file, the migrations and the back-ups of the rest.
 */
import type { Request } from "express";
import { type Session, type SessionData, Store } from "express-session";
import { sha256 } from "../../http/hash.ts";
import { ignoreOutage, settle } from "../../http/settle.ts";
import { compileOnce, type RunQuery, type SlotOf } from "../compiled.ts";
import type { Database } from "../database.ts";

const touchStepMs = 60 * 1000;

interface Stored {
  readonly expiresAt: number;
  /** What was written, as express-session compares sessions, and for how long; null for one that was only read. */
  readonly content: string | null;
}

interface Kept {
  readonly id: string;
  readonly data: string;
  readonly expiresAt: number;
}

export class SqlSessionStore extends Store {
  readonly #db: Database;
  readonly #find: RunQuery<{ id: string; now: number }, { data: string; expires_at: number }>;
  readonly #insert: RunQuery<Kept, unknown>;
  readonly #update: RunQuery<Kept, unknown>;
  readonly #now: () => Date;
  /** Sessions that were read or written here. If the row is gone when they are written, they have been ended meanwhile. */
  readonly #stored = new WeakMap<object, Stored>();

  constructor(db: Database, now: () => Date) {
    super();
    this.#db = db;
    this.#now = now;
    this.#find = compileOnce(db, (slot: SlotOf<{ id: string; now: number }>) =>
      db
        .selectFrom("sessions")
        .select(["data", "expires_at"])
        .where("id", "=", slot("id"))
        .where("expires_at", ">", slot("now")),
    );
    this.#insert = compileOnce(db, (slot: SlotOf<Kept>) => {
      const row = { data: slot("data"), expires_at: slot("expiresAt") };
      return db
        .insertInto("sessions")
        .values({ id: slot("id"), ...row })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row));
    });
    this.#update = compileOnce(db, (slot: SlotOf<Kept>) =>
      db
        .updateTable("sessions")
        .set({ data: slot("data"), expires_at: slot("expiresAt") })
        .where("id", "=", slot("id")),
    );
  }

  override createSession(req: Request, data: SessionData): Session & SessionData {
    const session = super.createSession(req, data);
    this.#stored.set(session, this.#stored.get(data) ?? { expiresAt: 0, content: null });
    return session;
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    const found = this.#find({ id: sha256(sid), now: this.#now().getTime() });
    void settle(
      found.then(({ rows: [row] }) => (row === undefined ? null : this.#read(row))),
      done,
    );
  }

  /** A request that was under way while its session was ended or rotated must not bring the old one back. */
  override set(sid: string, session: SessionData, done?: (error?: unknown) => void): void {
    const stored = this.#stored.get(session);
    const content = contentOf(session);
    // express-session saves a rotated session again when the answer ends; an unchanged one is not written (110 µs).
    if (stored?.content === content) {
      this.touch(sid, session, done);
      return;
    }
    const row = { id: sha256(sid), data: JSON.stringify(session), expiresAt: this.#expiry(session) };
    const written = stored !== undefined ? this.#update(row) : this.#insert(row);
    void settle(
      written.then(() => void this.#stored.set(session, { expiresAt: row.expiresAt, content })),
      done,
    );
  }

  override destroy(sid: string, done?: (error?: unknown) => void): void {
    const deleted = this.#db.deleteFrom("sessions").where("id", "=", sha256(sid)).execute();
    void settle(
      deleted.then(() => {}),
      done,
    );
  }

  /**
   * Moves the idle limit, in steps of a minute: a write at every request would cost more than the request. Of a
   * session that was read or written here we know the limit, and need not ask (3 µs instead of 75).
   * Never brings a destroyed session back: it only updates. In an outage the session ends earlier: the answer is on its
   * way already, and express-session would have the error printed.
   */
  override touch(sid: string, session: SessionData, done?: () => void): void {
    const expires_at = this.#expiry(session);
    const stored = this.#stored.get(session);
    if (stored !== undefined && expires_at <= stored.expiresAt + touchStepMs) {
      done?.();
      return;
    }
    const touched = this.#db
      .updateTable("sessions")
      .set({ expires_at })
      .where("id", "=", sha256(sid))
      .where("expires_at", "<", expires_at - touchStepMs)
      .execute();
    void settle(touched.then(() => {}).catch(ignoreOutage), done);
  }

  #read({ data, expires_at }: { data: string; expires_at: number }): SessionData {
    const session: SessionData = JSON.parse(data);
    this.#stored.set(session, { expiresAt: expires_at, content: null });
    return session;
  }

  #expiry(session: SessionData): number {
    return this.#now().getTime() + (session.cookie.originalMaxAge ?? 30 * 60 * 1000);
  }
}

function contentOf({ cookie, ...content }: SessionData): string {
  return JSON.stringify([content, cookie.originalMaxAge]);
}
