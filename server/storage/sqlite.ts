/** The default: one SQLite file through libsql, whose npm package carries its binary. */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, SqliteDialect } from "kysely";
import SqliteDatabase from "libsql";
import { RateLimiterSQLite } from "rate-limiter-flexible";
import { migrate, type SqlBackEnd } from "./database.ts";
import { toLimiter } from "./limiter.ts";
import type { Schema } from "./schema.ts";

/**
 * Two connections to one file. Accounts are written with `synchronous = FULL`: a user id lost in a power cut
 * would orphan the passkeys that Authsignal keeps under it. Sessions and tokens need only survive kill -9, for
 * which `NORMAL` does, at a fifth of the CPU and a tenth of the time (measured: 30 µs instead of 180 µs a write).
 * @param file path of the SQLite file, made with its folder if missing
 */
export async function openSqlite(file: string): Promise<SqlBackEnd> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // For its owner alone, in a folder that others may read too; SQLite gives its other files the mode of the first.
  closeSync(openSync(file, "a", 0o600));
  const accounts = connect(file, "FULL");
  const traffic = connect(file, "NORMAL");
  await migrate(accounts.db);
  return {
    accounts: accounts.db,
    traffic: traffic.db,
    limiter: ({ name, points, seconds }) =>
      toLimiter(
        new RateLimiterSQLite({
          storeClient: traffic.database,
          storeType: "better-sqlite3",
          tableName: "rate_limits",
          tableCreated: true,
          clearExpiredByTimeout: false,
          keyPrefix: name,
          points,
          duration: seconds,
        }),
      ),
    async close() {
      await traffic.db.destroy();
      await accounts.db.destroy();
    },
  };
}

function connect(file: string, synchronous: "FULL" | "NORMAL") {
  const sqlite = new SqliteDatabase(file);
  sqlite.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA busy_timeout = 5000;`);
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
  return { database, db: new Kysely<Schema>({ dialect: new SqliteDialect({ database }) }) };
}
