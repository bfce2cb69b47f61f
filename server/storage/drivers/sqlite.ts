/** The default: one SQLite file through libsql, whose npm package carries its binary. */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { type Dialect, Kysely, SqliteDialect } from "kysely";
import type SqliteDatabase from "libsql";
import { RateLimiterSQLite } from "rate-limiter-flexible";
import { type OutageWatch, type StorageNotice, warnOfOutage, watchOutages } from "../../http/outages.ts";
import type {} from "../../passkeys/ports/limiter.ts";
import type { Database, SqlBackEnd } from "../database.ts";
import { type Libsql, loadLibsql } from "../drivers.ts";
import { readPoints, toLimiter } from "../stores/limiters.ts";
import { askForTables } from "../tables/check-tables.ts";
import { type Migrations, type MigrationTarget, migrate, requireMigrated } from "../tables/migrate.ts";
import { withOwnNames } from "../tables/own-names.ts";
import type { Part } from "../tables/parts.ts";
import { busyTimeout, isBusy, patiently, sqliteTarget } from "../tables/sqlite-target.ts";
import type { Schema } from "../tables/table-types.ts";
import { guardDialect } from "./guarded-dialect.ts";
import { BatchingDriver } from "./sqlite-batches.ts";
import { createStatements } from "./sqlite-statements.ts";

export interface SqliteOptions {
  /** Path of the SQLite file, made with its folder if missing. */
  readonly file: string;
  readonly tablePrefix: string;
  /** Default: none. */
  readonly leftOut?: ReadonlySet<Part>;
  readonly migrations: Migrations;
  /** False: tables that are not up to date stop the start. Default true. */
  readonly migrates?: boolean;
  /** Default: a warning of the process. */
  readonly notify?: (notice: StorageNotice) => void;
}

/**
 * Two connections to one file. Accounts are written with `synchronous = FULL`: a user id lost in a power cut
 * would orphan the passkeys that Authsignal keeps under it. Sessions and tokens need only survive kill -9, for
 * which `NORMAL` does, at a fifth of the CPU and a tenth of the time (measured: 30 µs instead of 180 µs a write).
 *
 * A file that was there keeps its mode and its journal: it may be the host's own, and write-ahead logging would stay in
 * it. Without that log `NORMAL` could cost the host's rows in a power cut, so both connections write with `FULL`.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqlBackEnd> {
  const { file, tablePrefix: prefix, leftOut = new Set(), migrations } = options;
  const names = { prefix, schema: null, leftOut };
  const outages = watchOutages({ storage: "SQLite", isOutage, notify: options.notify ?? warnOfOutage });
  const libsql = await loadLibsql();
  const isNew = makeFile(file);
  const accounts = connect(libsql, file, outages);
  const traffic = connect(libsql, file, outages, { commitsTogether: true });
  const close = async () => {
    for (const { db, sqlite } of [traffic, accounts]) {
      await db.destroy();
      // Kysely leaves a connection open that it has made no query on.
      if (sqlite.open) sqlite.close();
    }
  };
  try {
    if (isNew) await patiently(accounts.sqlite, "PRAGMA journal_mode = WAL");
    const target = sqliteTarget(accounts.sqlite, accounts.db, names);
    await ((options.migrates ?? true) ? migrate : requireMigrated)(target, migrations);
    accounts.sqlite.exec("PRAGMA synchronous = FULL");
    traffic.sqlite.exec(`PRAGMA synchronous = ${logsAhead(traffic.sqlite) ? "NORMAL" : "FULL"}`);
  } catch (error) {
    await close();
    throw error;
  }
  const ownTraffic = withOwnNames(traffic.db, names);
  return {
    accounts: withOwnNames(accounts.db, names),
    traffic: ownTraffic,
    limiter: (rule) =>
      toLimiter(
        {
          make: (counter) =>
            new RateLimiterSQLite({
              storeClient: traffic.database,
              storeType: "better-sqlite3",
              tableName: `${prefix}rate_limits`,
              tableCreated: true,
              clearExpiredByTimeout: false,
              keyPrefix: rule.name,
              ...counter,
            }),
          read: readPoints(ownTraffic),
        },
        rule,
        outages,
      ),
    check: () =>
      outages.run(async () => {
        await ownTraffic.executeQuery(askForTables(ownTraffic));
        tryToWrite(traffic, ownTraffic);
      }),
    connections: () => null,
    close,
  };
}

/**
 * For the tables alone: opens the file, and closes it again.
 * @param makesFile false: a file that is missing stays so, and counts as empty
 */
export async function withSqliteTarget<Result>(
  options: SqliteOptions,
  makesFile: boolean,
  use: (target: MigrationTarget) => Promise<Result>,
): Promise<Result> {
  const { tablePrefix: prefix, leftOut = new Set(), notify = warnOfOutage } = options;
  const file = makesFile || existsSync(options.file) ? options.file : ":memory:";
  const libsql = await loadLibsql();
  const isNew = makesFile && makeFile(file);
  const { sqlite, db } = connect(libsql, file, watchOutages({ storage: "SQLite", isOutage, notify }));
  try {
    if (isNew) await patiently(sqlite, "PRAGMA journal_mode = WAL");
    return await use(sqliteTarget(sqlite, db, { prefix, schema: null, leftOut }));
  } finally {
    await db.destroy();
    if (sqlite.open) sqlite.close();
  }
}

/** @returns whether nothing is in it yet. Its folder, and it, are for their owner alone if they are made here. */
function makeFile(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // SQLite gives its other files the mode of the first.
  const opened = openSync(file, "a", 0o600);
  try {
    return fstatSync(opened).size === 0;
  } finally {
    closeSync(opened);
  }
}

function logsAhead(sqlite: SqliteDatabase.Database): boolean {
  const row: unknown = sqlite.prepare("PRAGMA journal_mode").get();
  return typeof row === "object" && row !== null && "journal_mode" in row && row.journal_mode === "wal";
}

/** The file cannot be used now: locked by another process, full, read-only, gone or broken; or it was closed. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error && "code" in error)) return isClosed(error);
  return /^SQLITE_(BUSY|CANTOPEN|CORRUPT|FULL|IOERR|LOCKED|NOMEM|NOTADB|PROTOCOL|READONLY)/.test(
    String(error.code),
  );
}

/** What libsql throws at a query after closing, which has no code and no class. */
function isClosed(error: unknown): boolean {
  return error instanceof TypeError && error.message === "The database connection is not open";
}

type Connection = ReturnType<typeof connect>;

function connect(Libsql: Libsql, file: string, outages: OutageWatch, { commitsTogether = false } = {}) {
  const sqlite = new Libsql(file);
  sqlite.exec(busyTimeout);
  const statements = createStatements(sqlite);
  const database = {
    prepare: statements.prepare,
    // rate-limiter-flexible wraps each of its statements so. One statement is a transaction without that.
    transaction: <Run>(run: Run): Run => run,
    close: () => void sqlite.close(),
  };
  const plain = new SqliteDialect({ database });
  const dialect: Dialect = commitsTogether
    ? {
        createAdapter: () => plain.createAdapter(),
        createDriver: () => new BatchingDriver(plain.createDriver(), statements),
        createIntrospector: (db) => plain.createIntrospector(db),
        createQueryCompiler: () => plain.createQueryCompiler(),
      }
    : plain;
  const db = new Kysely<Schema>({ dialect: guardDialect(dialect, outages) });
  return { sqlite, database, db, withoutWaiting: statements.withoutWaiting };
}

/** Writes one row, always the same: a full disk and a read-only file answer every query that reads. */
function tryToWrite({ database, withoutWaiting }: Connection, db: Database): void {
  const expire = Date.now() + 60_000;
  const { sql, parameters } = db
    .insertInto("rate_limits")
    .values({ key: "readiness", points: 0, expire })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ expire }))
    .compile();
  try {
    withoutWaiting(() => void database.prepare(sql).run(parameters));
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}
