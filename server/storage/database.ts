/** One query layer (Kysely), two dialects. A database is opened by `sqlite.ts` or `postgres.ts`. */
import type { Kysely } from "kysely";
import type { Limiter, LimitRule } from "../passkeys/ports/limiter.ts";
import type { Schema } from "./tables/table-types.ts";

export type Database = Kysely<Schema>;

/** An SQL database, opened and migrated. Both members may be the same connection pool. */
export interface SqlBackEnd {
  /** What must survive anything: users, names, answers. */
  readonly accounts: Database;
  /** What is written at every turn and lives for hours: sessions, tokens, grants, the audit trail. */
  readonly traffic: Database;
  readonly limiter: (rule: LimitRule) => Limiter;
  /** Rejects unless every table is there and can be written to. Bounded in time. */
  readonly check: () => Promise<void>;
  /** Null for a database without a pool. */
  readonly connections: () => PoolLoad | null;
  readonly close: () => Promise<void>;
}

/** The connections of a pool, at this moment. */
export interface PoolLoad {
  readonly inUse: number;
  readonly idle: number;
  /** Queries that wait for a connection. */
  readonly waiting: number;
  /** How many connections there can be. Null: the pool is the host's. */
  readonly most: number | null;
}
