/** Past one machine: the same queries on PostgreSQL. Loaded only with DATABASE_URL. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import type { SqlBackEnd } from "./database.ts";
import { type Limiter, type LimitRule, toLimiter } from "./limiter.ts";
import { type Migrations, migrate } from "./migrate.ts";
import { withOwnNames } from "./own-names.ts";
import { findOwnSchema, postgresTarget } from "./postgres-target.ts";
import type { Schema } from "./schema.ts";

/** Times in milliseconds are bigint columns; they stay below 2^53, so a number carries them. */
const int8 = 20;

export interface PostgresOptions {
  readonly databaseUrl: string;
  readonly tablePrefix: string;
  /** Null: where the connection's search path leads. */
  readonly schema: string | null;
  readonly migrations: Migrations;
}

export async function openPostgres(options: PostgresOptions): Promise<SqlBackEnd> {
  const types = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === int8 ? Number : pg.types.getTypeParser(oid, format === "binary" ? "text" : format),
  };
  const pool = new pg.Pool({ connectionString: options.databaseUrl, types, connectionTimeoutMillis: 3000 });
  // An idle connection that the server drops must not end the process; the next query opens another.
  pool.on("error", () => {});
  const { db, names } = await openOwnTables(new PostgresDialect({ pool }), options);
  const limiter = ({ name, points, seconds }: LimitRule): Limiter =>
    toLimiter(
      new RateLimiterPostgres({
        storeClient: pool,
        schemaName: names.schema,
        tableName: `${names.prefix}rate_limits`,
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: name,
        points,
        duration: seconds,
      }),
    );
  return { accounts: db, traffic: db, limiter, close: () => db.destroy() };
}

async function openOwnTables(dialect: PostgresDialect, options: PostgresOptions) {
  const { tablePrefix: prefix, schema, migrations } = options;
  const plain = new Kysely<Schema>({ dialect });
  try {
    const names = { prefix, schema: schema ?? (await findOwnSchema(plain, prefix)) };
    await migrate(postgresTarget(plain, names, schema !== null), migrations);
    return { db: withOwnNames(plain, names), names };
  } catch (error) {
    await plain.destroy();
    throw error;
  }
}
