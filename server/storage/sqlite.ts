/** The default: one SQLite file through libsql, whose npm package carries its binary. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, SqliteDialect } from "kysely";
import SqliteDatabase from "libsql";
import { RateLimiterSQLite } from "rate-limiter-flexible";
import { type Database, migrate } from "./database.ts";
import { type Limiter, type LimitRule, toLimiter } from "./limiter.ts";
import type { Schema } from "./schema.ts";

/** @param file path of the SQLite file, made with its folder if missing; `:memory:` keeps nothing */
export async function openSqlite(
  file: string,
): Promise<{ db: Database; limiter: (rule: LimitRule) => Limiter }> {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const sqlite = new SqliteDatabase(file);
  // WAL survives kill -9; FULL also survives a power cut, because accounts are at stake.
  sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;");
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) });
  await migrate(db);
  const limiter = ({ name, points, seconds }: LimitRule): Limiter =>
    toLimiter(
      new RateLimiterSQLite({
        storeClient: sqlite,
        storeType: "better-sqlite3",
        tableName: "rate_limits",
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: name,
        points,
        duration: seconds,
      }),
    );
  return { db, limiter };
}
