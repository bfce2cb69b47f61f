/** The default: one SQLite file through libsql, whose npm package carries its binary. */
import { closeSync, fstatSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, SqliteDialect } from "kysely";
import SqliteDatabase from "libsql";
import { RateLimiterSQLite } from "rate-limiter-flexible";
import type { SqlBackEnd } from "./database.ts";
import { toLimiter } from "./limiter.ts";
import { type Migrations, migrate } from "./migrate.ts";
import { withOwnNames } from "./own-names.ts";
import type { Schema } from "./schema.ts";
import { busyTimeout, patiently, sqliteTarget } from "./sqlite-target.ts";

export interface SqliteOptions {
  /** Path of the SQLite file, made with its folder if missing. */
  readonly file: string;
  readonly tablePrefix: string;
  readonly migrations: Migrations;
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
  const { file, tablePrefix: prefix, migrations } = options;
  const isNew = makeFile(file);
  const accounts = connect(file);
  const traffic = connect(file);
  const close = async () => {
    for (const { db, sqlite } of [traffic, accounts]) {
      await db.destroy();
      // Kysely leaves a connection open that it has made no query on.
      if (sqlite.open) sqlite.close();
    }
  };
  try {
    if (isNew) await patiently(accounts.sqlite, "PRAGMA journal_mode = WAL");
    await migrate(sqliteTarget(accounts.sqlite, accounts.db, prefix), migrations);
    accounts.sqlite.exec("PRAGMA synchronous = FULL");
    traffic.sqlite.exec(`PRAGMA synchronous = ${logsAhead(traffic.sqlite) ? "NORMAL" : "FULL"}`);
  } catch (error) {
    await close();
    throw error;
  }
  const names = { prefix, schema: null };
  return {
    accounts: withOwnNames(accounts.db, names),
    traffic: withOwnNames(traffic.db, names),
    limiter: ({ name, points, seconds }) =>
      toLimiter(
        new RateLimiterSQLite({
          storeClient: traffic.database,
          storeType: "better-sqlite3",
          tableName: `${prefix}rate_limits`,
          tableCreated: true,
          clearExpiredByTimeout: false,
          keyPrefix: name,
          points,
          duration: seconds,
        }),
      ),
    close,
  };
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

function connect(file: string) {
  const sqlite = new SqliteDatabase(file);
  sqlite.exec(busyTimeout);
  const statements = new Map<string, ReturnType<typeof sqlite.prepare>>();
  // The queries are a fixed set: each is prepared once. (Kysely and rate-limiter-flexible would prepare at every call.)
  const database = {
    prepare(sql: string) {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const statement = sqlite.prepare(sql);
      statements.set(sql, statement);
      return statement;
    },
    // rate-limiter-flexible wraps each of its statements so. One statement is a transaction without that.
    transaction: <Run>(run: Run): Run => run,
    close: () => void sqlite.close(),
  };
  return { sqlite, database, db: new Kysely<Schema>({ dialect: new SqliteDialect({ database }) }) };
}
