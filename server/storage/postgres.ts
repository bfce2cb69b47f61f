/** Past one machine: the same queries on PostgreSQL. Loaded only with DATABASE_URL. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import { migrate, type SqlBackEnd } from "./database.ts";
import { type Limiter, type LimitRule, toLimiter } from "./limiter.ts";
import type { Schema } from "./schema.ts";

/** Times in milliseconds are bigint columns; they stay below 2^53, so a number carries them. */
const int8 = 20;

export async function openPostgres(databaseUrl: string): Promise<SqlBackEnd> {
  const types = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === int8 ? Number : pg.types.getTypeParser(oid, format === "binary" ? "text" : format),
  };
  const pool = new pg.Pool({ connectionString: databaseUrl, types, connectionTimeoutMillis: 3000 });
  // An idle connection that the server drops must not end the process; the next query opens another.
  pool.on("error", () => {});
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  await migrate(db);
  const limiter = ({ name, points, seconds }: LimitRule): Limiter =>
    toLimiter(
      new RateLimiterPostgres({
        storeClient: pool,
        tableName: "rate_limits",
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: name,
        points,
        duration: seconds,
      }),
    );
  return { accounts: db, traffic: db, limiter, close: () => db.destroy() };
}
