/** What `openStorage` takes. Past the compiler it is checked once more, with what to write instead. */
import { type Names as KnownNames, refuseUnknown } from "../http/options/known-options.ts";
import { type RedisAddress, readRedisAddress } from "../http/options/redis-address.ts";
import type { StorageNotice } from "../http/outages.ts";
import { faultOfPool, type HostPool } from "./drivers/host-pool.ts";
import { defaultBounds, type PostgresBounds } from "./drivers/postgres-bounds.ts";
import { allParts, isPart, type Part, partsOnRequest } from "./tables/parts.ts";

interface SqliteFile {
  /** Path of the SQLite file, made with its folder if missing. It may be one that the host has tables in. */
  readonly file: string;
  readonly databaseUrl?: null;
  readonly pool?: null;
  readonly schema?: null;
  readonly maxConnections?: never;
  readonly connectTimeoutMs?: never;
}

interface PostgresAddress extends InPostgres {
  /** `postgres://…`: users, passkey names, tokens and, without Redis, sessions and limits. */
  readonly databaseUrl: string;
  readonly pool?: null;
  /** How many connections to PostgreSQL are open at most. Default 10. */
  readonly maxConnections?: number;
  /** How long a query waits for a connection, in milliseconds. Default 3000. */
  readonly connectTimeoutMs?: number;
}

interface PostgresPool extends InPostgres {
  /**
   * The host's own connections to PostgreSQL, a Pool of `pg` of whatever version. Its settings and parsers stay as they
   * are, and closing the storage does not end it: end it after that.
   */
  readonly pool: HostPool;
  readonly databaseUrl?: null;
  readonly maxConnections?: never;
  readonly connectTimeoutMs?: never;
}

interface InPostgres {
  readonly file?: null;
  /** The schema of our tables, made if missing. Default: where the connection's search path leads. */
  readonly schema?: string | null;
}

interface Redis {
  /**
   * `redis://…`, `redis-sentinel://host,host/0?master=mymaster` or `redis-cluster://host,host`, with TLS `rediss…`:
   * sessions and limits.
   */
  readonly redisUrl: string;
  /** Begins every key in Redis. Default `passkeys:`. */
  readonly redisPrefix?: string;
}

interface NoRedis {
  readonly redisUrl?: null;
  readonly redisPrefix?: never;
}

interface Names {
  /**
   * Begins the name of every table and index, so that they stand beside a host's own: lower-case letters, digits and
   * `_`, at most 31. Default `passkeys_`. Another one begins with empty tables.
   */
  readonly tablePrefix?: string;
  /**
   * Which tables are made and used beside those that always are. Default: all but `notices`. `users: false` for a host
   * that passes users of its own to the router, `sessions: false` for sessions of its own or in Redis, `audit: false` for
   * one that does not write `audit_events`, `notices: true` for `createNotices`. What is asked for later is made then;
   * what is no longer asked for stays where it is.
   */
  readonly tables?: { readonly [Name in Part]?: boolean };
}

interface Common extends Names {
  /**
   * Whether this start makes the tables and brings them up to date. Default true. With false it stops where they are not,
   * and needs no right to make any: `npx authsignal-passkeys migrate` or `migrateStorage` makes them first.
   */
  readonly migrate?: boolean;
  /**
   * How long a query of PostgreSQL and a command of Redis may take, in milliseconds, before the request is a 503. Default
   * 5000. Migrations take as long as they take. Without `pool` the server is told as well (`statement_timeout`).
   */
  readonly queryTimeoutMs?: number;
  /**
   * Told once when a part of the storage cannot be used, with the cause, and once when it can again. Default: a warning
   * of the process, a line on standard error.
   */
  readonly onNotice?: (notice: StorageNotice) => void;
  /** Default: the system clock. */
  readonly now?: () => Date;
}

/** One database, `file`, `databaseUrl` or `pool`, and perhaps Redis. */
export type StorageOptions = Common & DatabaseOption & (Redis | NoRedis);

/** What says which tables, and where. */
export type TableOptions = Names & DatabaseOption;

type DatabaseOption = SqliteFile | PostgresAddress | PostgresPool;

const prefixRule = '1 to 31 lower-case letters, digits and _, such as "passkeys_", and begin with no digit';

interface Read {
  readonly tablePrefix: string;
  readonly leftOut: ReadonlySet<Part>;
  readonly migrates: boolean;
  readonly bounds: PostgresBounds;
  readonly redis: RedisAddress | null;
  readonly redisPrefix: string;
  readonly database: { readonly file: string } | { readonly url: string } | { readonly pool: HostPool };
  readonly schema: string | null;
}

/** A misspelt `tablePrefix` would make tables under names that the host did not choose. */
const known: KnownNames<StorageOptions> = {
  file: true,
  databaseUrl: true,
  pool: true,
  schema: true,
  maxConnections: true,
  connectTimeoutMs: true,
  queryTimeoutMs: true,
  redisUrl: true,
  redisPrefix: true,
  tablePrefix: true,
  tables: true,
  migrate: true,
  onNotice: true,
  now: true,
};

/** @throws TypeError that names the option and what to write */
export function readStorageOptions(options: StorageOptions): Read {
  refuseUnknown("openStorage", options, known);
  const tablePrefix = text(options.tablePrefix ?? "passkeys_", "tablePrefix", prefixRule) ?? "";
  const redisPrefix = options.redisPrefix ?? null;
  const redisUrl = text(options.redisUrl, "redisUrl", "an address such as redis://localhost:6379");
  const redis = redisUrl === null ? null : readRedisAddress(redisUrl);
  if (redis !== null && "fault" in redis) throw fault(`\`redisUrl\` ${redis.fault}`);
  // `sqlite_` is SQLite's own. The longest name of a table has to fit into PostgreSQL's 63 bytes.
  if (!/^(?!sqlite_)[a-z_][a-z0-9_]{0,30}$/.test(tablePrefix))
    throw fault(`\`tablePrefix\` must be ${prefixRule}`);
  if (redisUrl === null && redisPrefix !== null)
    throw fault("`redisPrefix` has no effect without `redisUrl`: leave it out");
  return {
    ...readDatabase(options),
    tablePrefix,
    leftOut: readTables(options.tables ?? {}),
    bounds: readBounds(options),
    migrates: flag(options.migrate ?? true, "migrate"),
    redis,
    redisPrefix: redisPrefix ?? "passkeys:",
  };
}

function readTables(tables: object): ReadonlySet<Part> {
  const leftOut = new Set<Part>(partsOnRequest);
  for (const [name, isUsed] of Object.entries(tables)) {
    if (!isPart(name)) throw fault(`\`tables\` has only ${allParts.join(", ")}, and no "${name}"`);
    if (isUsed === undefined) continue;
    if (flag(isUsed, `tables.${name}`)) leftOut.delete(name);
    else leftOut.add(name);
  }
  return leftOut;
}

function readDatabase(options: StorageOptions): Pick<Read, "database" | "schema"> {
  const file = text(options.file, "file", "the path of a SQLite file");
  const url = text(options.databaseUrl, "databaseUrl", "an address such as postgres://localhost/app");
  const schema = text(options.schema, "schema", "the name of a PostgreSQL schema");
  const pool = options.pool ?? null;
  if ([file, url, pool].filter((one) => one !== null).length > 1)
    throw fault("`file`, `databaseUrl` and `pool` are three ways to a database: pass one of them");
  if (schema !== null && !/^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/.test(schema))
    throw fault("`schema` must be letters, digits, _, $ and -, at most 63, and begin with a letter or _");
  if (pool !== null) {
    const wrong = faultOfPool(pool);
    if (wrong !== null) throw fault(wrong);
    return { database: { pool }, schema };
  }
  if (url !== null) return { database: { url }, schema };
  if (file === null)
    throw fault(
      "pass `file`, the path of a SQLite file, `databaseUrl`, a postgres:// address, or `pool`, a Pool of pg",
    );
  if (schema !== null) throw fault("`schema` has no effect on a SQLite file: leave it out");
  return { database: { file }, schema };
}

function readBounds(options: StorageOptions): PostgresBounds {
  const { queryTimeoutMs, maxConnections, connectTimeoutMs, databaseUrl } = options;
  for (const [option, value] of Object.entries({ maxConnections, connectTimeoutMs })) {
    if (value !== undefined && (databaseUrl ?? null) === null)
      throw fault(`\`${option}\` has no effect without \`databaseUrl\`: leave it out`);
  }
  return {
    queryMs: count(queryTimeoutMs ?? defaultBounds.queryMs, "queryTimeoutMs"),
    maxConnections: count(maxConnections ?? defaultBounds.maxConnections, "maxConnections"),
    connectMs: count(connectTimeoutMs ?? defaultBounds.connectMs, "connectTimeoutMs"),
  };
}

function count(value: unknown, option: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value < 2 ** 31 - 1000)
    return value;
  throw fault(`\`${option}\` must be a whole number above 0`);
}

function flag(value: unknown, option: string): boolean {
  if (typeof value === "boolean") return value;
  throw fault(`\`${option}\` must be true or false`);
}

function text(value: unknown, option: string, what: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" && value !== "") return value;
  throw fault(`\`${option}\` must be ${what}`);
}

function fault(message: string): TypeError {
  return new TypeError(`openStorage: ${message}.`);
}
