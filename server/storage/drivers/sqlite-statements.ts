/**
 * Runs statements of libsql so that one which fails leaves nothing behind. A statement that found the file locked is not
 * reset by libsql: run again, it ignores its new parameters and writes those of the failed call, and until the garbage
 * collector finds it, what the connection writes is not committed.
 */
import type SqliteDatabase from "libsql";
import { busyTimeout, isBusy } from "../tables/sqlite-target.ts";

type Connection = SqliteDatabase.Database;
type Statement = SqliteDatabase.Statement<unknown[]>;

interface Prepared {
  readonly reader: boolean;
  all(...values: unknown[]): unknown[];
  get(...values: unknown[]): unknown;
  run(...values: unknown[]): { changes: number; lastInsertRowid: number | bigint };
  iterate(...values: unknown[]): IterableIterator<unknown>;
}

export interface Statements {
  prepare(sql: string): Prepared;
  /**
   * Runs writes in one transaction, in order. One that fails takes no other with it.
   * @returns what each has returned or thrown
   */
  together<Result>(writes: readonly (() => Result)[]): readonly PromiseSettledResult<Result>[];
  /** Writes in `run` fail at once when another process holds the lock. */
  withoutWaiting(run: () => void): void;
}

/**
 * Every write asks for the lock first, with `BEGIN IMMEDIATE`, which holds nothing when it fails. The queries are a fixed
 * set, so each is prepared once; one that has failed is never used again.
 */
export function createStatements(sqlite: Connection): Statements {
  const prepared = new Map<string, Statement>();
  const lock = createLock(sqlite);

  function statementOf(sql: string): Statement {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = sqlite.prepare<unknown[]>(sql);
    prepared.set(sql, statement);
    return statement;
  }

  function run<Result>(sql: string, execute: (statement: Statement) => Result): Result {
    try {
      if (isRead(sql) || sqlite.inTransaction) return execute(statementOf(sql));
      return locked(() => execute(statementOf(sql)));
    } catch (error) {
      prepared.delete(sql);
      throw error;
    }
  }

  function locked<Result>(write: () => Result): Result {
    lock.take();
    try {
      const result = write();
      sqlite.exec("COMMIT");
      return result;
    } catch (error) {
      // A full disk has undone it already.
      if (sqlite.inTransaction) sqlite.exec("ROLLBACK");
      throw error;
    }
  }

  function controlling(control: "begin" | "COMMIT" | "ROLLBACK"): Prepared {
    const run = () => {
      if (control === "begin") lock.take();
      else sqlite.exec(control);
      return { changes: 0, lastInsertRowid: 0 };
    };
    const none = () => {
      run();
      return [];
    };
    return { reader: false, run, all: none, get: () => void run(), iterate: () => none().values() };
  }

  return {
    prepare(sql) {
      const control = controls[sql.toLowerCase()];
      if (control !== undefined) return controlling(control);
      const { reader } = statementOf(sql);
      return {
        reader,
        all: (...values) => run(sql, (statement) => statement.all(...values)),
        get: (...values) => run(sql, (statement) => statement.get(...values)),
        run: (...values) => run(sql, (statement) => statement.run(...values)),
        iterate: (...values) => run(sql, (statement) => statement.iterate(...values)),
      };
    },
    together(writes) {
      let hasOneFailed = false;
      const writeAll = () =>
        writes.map((write) => {
          const outcome = settle(write);
          if (outcome.status === "fulfilled") return outcome;
          hasOneFailed = true;
          throw outcome.reason;
        });
      try {
        return locked(writeAll);
      } catch (reason) {
        // Without the lock, or without room for the commit, each of them would fail in the same way.
        if (!hasOneFailed || writes.length === 1) return writes.map(() => ({ status: "rejected", reason }));
        return writes.map((write) => settle(() => locked(write)));
      }
    },
    withoutWaiting: lock.withoutWaiting,
  };
}

function settle<Result>(write: () => Result): PromiseSettledResult<Result> {
  try {
    return { status: "fulfilled", value: write() };
  } catch (reason) {
    return { status: "rejected", reason };
  }
}

/** What Kysely sends around a transaction. A deferred one would ask for the lock in the middle. */
const controls: Readonly<Record<string, "begin" | "COMMIT" | "ROLLBACK">> = {
  begin: "begin",
  commit: "COMMIT",
  rollback: "ROLLBACK",
};

/** How many milliseconds a lock counts as held after a write has waited for it in vain. */
const heldMs = 5000;
/** Enough for the short write of another process. */
const shortWait = "PRAGMA busy_timeout = 50";
const noWait = "PRAGMA busy_timeout = 0";

interface Lock {
  take(): void;
  withoutWaiting(run: () => void): void;
}

/**
 * SQLite blocks the thread while it waits for another process. So only one write waits for a long lock: ten that wait would
 * hold up every other request for ten seconds.
 */
function createLock(sqlite: Connection): Lock {
  let waitedInVainAt = Number.NEGATIVE_INFINITY;
  let mayWait = true;
  return {
    take() {
      const isHeld = performance.now() - waitedInVainAt < heldMs;
      const wait = mayWait ? shortWait : noWait;
      const isUsual = mayWait && !isHeld;
      if (!isUsual) sqlite.exec(wait);
      try {
        sqlite.exec("BEGIN IMMEDIATE");
        waitedInVainAt = Number.NEGATIVE_INFINITY;
      } catch (error) {
        if (isUsual && isBusy(error)) waitedInVainAt = performance.now();
        throw error;
      } finally {
        if (!isUsual) sqlite.exec(busyTimeout);
      }
    },
    withoutWaiting(run) {
      mayWait = false;
      try {
        run();
      } finally {
        mayWait = true;
      }
    },
  };
}

export function isRead(sql: string): boolean {
  return /^\s*(select|pragma|explain)\b/i.test(sql);
}
