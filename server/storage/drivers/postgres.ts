/** Past one machine: the same queries on PostgreSQL. Loaded only when they are asked for. */
import { type Dialect, Kysely, PostgresDialect } from "kysely";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import {
  isDefect,
  isOutageState,
  isSqlAnswer,
  type OutageWatch,
  type StorageNotice,
  warnOfOutage,
  watchOutages,
} from "../../http/outages.ts";
import { within } from "../../http/within.ts";
import type { Limiter, LimitRule } from "../../passkeys/ports/limiter.ts";
import type { Database, PoolLoad, SqlBackEnd } from "../database.ts";
import { loadPg } from "../drivers.ts";
import { readPoints, toLimiter } from "../stores/limiters.ts";
import { askForTables } from "../tables/check-tables.ts";
import { type Migrations, type MigrationTarget, migrate, requireMigrated } from "../tables/migrate.ts";
import { withOwnNames } from "../tables/own-names.ts";
import type { Part } from "../tables/parts.ts";
import { findOwnSchema, postgresTarget } from "../tables/postgres-target.ts";
import type { Schema } from "../tables/table-types.ts";
import { guardDialect } from "./guarded-dialect.ts";
import type { HostPool } from "./host-pool.ts";
import { type LentClient, type LentPool, lend } from "./lent-client.ts";
import { defaultBounds, type PostgresBounds } from "./postgres-bounds.ts";

/** How long the server may work on a check. Without a limit there, a table lock would hold every abandoned check. */
const checkMs = 2000;

/** The server ends a query itself and says so; this much later we stop waiting for a server that does not even do that. */
const lateMs = 1000;

export interface PostgresOptions {
  /** Where to connect to, or the host's own connections. */
  readonly database: { readonly url: string } | { readonly pool: HostPool };
  readonly tablePrefix: string;
  /** Null: where the connection's search path leads. */
  readonly schema: string | null;
  /** Default: none. */
  readonly leftOut?: ReadonlySet<Part>;
  readonly migrations: Migrations;
  /** False: tables that are not up to date stop the start. Default true. */
  readonly migrates?: boolean;
  readonly bounds?: PostgresBounds;
  /** Default: a warning of the process. */
  readonly notify?: (notice: StorageNotice) => void;
}

export async function openPostgres(options: PostgresOptions): Promise<SqlBackEnd> {
  const outages = watchOutages({
    storage: "PostgreSQL",
    isOutage,
    notify: options.notify ?? warnOfOutage,
  });
  const { pool, unbounded, load } = await openPool(options, outages);
  const dialectOn = (lent: LentPool) => guardDialect(new PostgresDialect({ pool: lent }), outages);
  const { db, names } = await openOwnTables(dialectOn(pool), dialectOn(unbounded), options);
  const limiter = (rule: LimitRule): Limiter =>
    toLimiter(
      {
        make: (counter) =>
          new RateLimiterPostgres({
            storeClient: pool,
            storeType: "pool",
            schemaName: names.schema,
            tableName: `${names.prefix}rate_limits`,
            tableCreated: true,
            clearExpiredByTimeout: false,
            keyPrefix: rule.name,
            ...counter,
          }),
        read: readPoints(db),
      },
      rule,
      outages,
    );
  return {
    accounts: db,
    traffic: db,
    limiter,
    check: () => outages.run(() => check(pool, db)),
    connections: load,
    close: () => db.destroy(),
  };
}

/** Ours ends with the storage; a host's is left as it was. `unbounded` is the same pool, for migrations. */
async function openPool({ database, bounds = defaultBounds }: PostgresOptions, outages: OutageWatch) {
  // An idle connection that the server drops must not end the process; the next query opens another.
  const onError = (error: Error): void => void outages.convert(error);
  const { pool, own } =
    "pool" in database ? { pool: database.pool, own: null } : await newPool(database.url, bounds);
  pool.on("error", onError);
  const end = async (): Promise<void> => {
    if (own !== null) await own.end();
    else pool.removeListener("error", onError);
  };
  return {
    pool: lend(pool, { answerMs: bounds.queryMs + lateMs, end }),
    unbounded: lend(pool, { answerMs: null, end: async () => {} }),
    load: (): PoolLoad => ({
      inUse: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      most: own === null ? null : bounds.maxConnections,
    }),
  };
}

async function newPool(connectionString: string, bounds: PostgresBounds) {
  const { queryMs, maxConnections, connectMs } = bounds;
  const { Pool } = await loadPg();
  const pool = new Pool({
    connectionString,
    max: maxConnections,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    statement_timeout: queryMs,
  });
  return { pool, own: pool };
}

/** An answer of the server says by its state whether it is an outage; whatever else is no answer is one. */
function isOutage(error: unknown): boolean {
  return isSqlAnswer(error) ? isOutageState(error.code) : !isDefect(error);
}

/**
 * On a connection of its own that is dropped when the check fails, so that none comes back to the pool in the middle of
 * something. The server ends the work itself; the time-out here is for a server that does not even do that.
 */
async function check(pool: LentPool, db: Database): Promise<void> {
  const client = await pool.connect();
  try {
    const asked = askWhetherWritable(client, db);
    await within(checkMs + 1000, asked, `PostgreSQL did not answer within ${checkMs + 1000} ms.`);
    client.release();
  } catch (error) {
    client.drop();
    throw error;
  }
}

async function askWhetherWritable(client: LentClient, db: Database): Promise<void> {
  await client.run({ text: `begin; set local statement_timeout = ${checkMs}` });
  await client.run({ text: askForTables(db).sql });
  // Also after a fail-over, when this server has become a standby.
  const { rows } = await client.query<{ state: string }>(
    "select current_setting('transaction_read_only') as state",
    [],
  );
  await client.run({ text: "commit" });
  if (rows[0]?.state !== "off") throw new Error("The database is read-only.");
}

async function openOwnTables(dialect: Dialect, unbounded: Dialect, options: PostgresOptions) {
  const plain = new Kysely<Schema>({ dialect });
  try {
    const { target, names } = await findTarget(plain, new Kysely<Schema>({ dialect: unbounded }), options);
    await ((options.migrates ?? true) ? migrate : requireMigrated)(target, options.migrations);
    return { db: withOwnNames(plain, names), names };
  } catch (error) {
    await plain.destroy();
    throw error;
  }
}

async function findTarget(plain: Kysely<Schema>, unbounded: Kysely<Schema>, options: PostgresOptions) {
  const { tablePrefix: prefix, schema, leftOut = new Set() } = options;
  const names = { prefix, schema: schema ?? (await findOwnSchema(plain, prefix)), leftOut };
  return { target: postgresTarget(plain, unbounded, names, schema !== null), names };
}

/** For the tables alone: connects, and closes again. */
export async function withPostgresTarget<Result>(
  options: PostgresOptions,
  use: (target: MigrationTarget) => Promise<Result>,
): Promise<Result> {
  const outages = watchOutages({ storage: "PostgreSQL", isOutage, notify: options.notify ?? warnOfOutage });
  const { pool, unbounded } = await openPool(options, outages);
  const plain = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const patient = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: unbounded }) });
  try {
    return await use((await findTarget(plain, patient, options)).target);
  } finally {
    await plain.destroy();
  }
}
