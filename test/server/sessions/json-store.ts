/**
 * A store as most of npm's are, such as connect-pg-simple: `set` writes the row whether it is there or not, so a slow
 * request brings an ended session back.
 */
import { type SessionData, Store } from "express-session";

export class JsonStore extends Store {
  readonly rows: Map<string, string>;

  /** @param rows of another instance over the same store */
  constructor(rows = new Map<string, string>()) {
    super();
    this.rows = rows;
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    const row = this.rows.get(sid);
    setImmediate(() => done(null, row === undefined ? null : JSON.parse(row)));
  }

  override set(sid: string, session: SessionData, done?: (error?: unknown) => void): void {
    const row = JSON.stringify(session);
    setImmediate(() => {
      this.rows.set(sid, row);
      done?.();
    });
  }

  override destroy(sid: string, done?: (error?: unknown) => void): void {
    setImmediate(() => {
      this.rows.delete(sid);
      done?.();
    });
  }
}

/** A store in a table that takes ids of the host's own form alone, as a column of type `uuid` or `varchar(36)`. */
export class ColumnStore extends JsonStore {
  readonly #column: RegExp;

  constructor(column: RegExp) {
    super();
    this.#column = column;
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    if (this.#column.test(sid)) super.get(sid, done);
    else setImmediate(() => done(unfit(sid)));
  }

  override set(sid: string, session: SessionData, done?: (error?: unknown) => void): void {
    if (this.#column.test(sid)) super.set(sid, session, done);
    else setImmediate(() => done?.(unfit(sid)));
  }
}

function unfit(sid: string): Error {
  return new Error(`no id for this column: ${sid}`);
}

/** A store over files: what is not there is an error to it, `ENOENT`. */
export class FileLikeStore extends JsonStore {
  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    if (this.rows.has(sid)) super.get(sid, done);
    else setImmediate(() => done(missing(sid)));
  }

  override destroy(sid: string, done?: (error?: unknown) => void): void {
    if (this.rows.has(sid)) super.destroy(sid, done);
    else setImmediate(() => done?.(missing(sid)));
  }
}

function missing(sid: string): Error {
  return Object.assign(new Error(`no such file: ${sid}`), { code: "ENOENT" });
}
