/** What the app keeps, and where: an embedded SQLite file by default, PostgreSQL and Redis when they are given. */
import type { Store } from "express-session";
import type { FlowStore } from "../passkeys/ports/flow-store.ts";
import type { Database } from "./database.ts";
import type { Limiter, LimitRule } from "./limiter.ts";
import { createSqlFlowStore } from "./sql-flow-store.ts";
import { SqlSessionStore } from "./sql-session-store.ts";

export interface Storage {
  /** Users and what they said: survives anything. */
  readonly accounts: Database;
  /** Sessions, tokens, the audit trail: written at every turn. */
  readonly traffic: Database;
  readonly sessionStore: Store;
  /** What the flows remember. */
  readonly flows: FlowStore;
  /** A counter shared by all instances on this storage. */
  readonly limiter: (rule: LimitRule) => Limiter;
  /** Rejects when a part of the storage cannot be reached. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface StorageOptions {
  /** Path of the SQLite file. Not used with `databaseUrl`. */
  readonly file: string;
  /** `postgres://…`: users, passkey names, tokens and, without Redis, sessions and limits. */
  readonly databaseUrl?: string | null;
  /** `redis://…`: sessions and limits. */
  readonly redisUrl?: string | null;
  /** Begins every key in Redis, for a server that is shared with others. Default none. */
  readonly redisPrefix?: string;
  readonly now: () => Date;
}

/** Opens and migrates. The drivers of servers that are not used are never loaded. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const sql =
    typeof options.databaseUrl === "string"
      ? await (await import("./postgres.ts")).openPostgres(options.databaseUrl)
      : await (await import("./sqlite.ts")).openSqlite(options.file);
  const redis =
    typeof options.redisUrl === "string"
      ? await (await import("./redis.ts")).openRedis(options.redisUrl, options.redisPrefix ?? "")
      : null;
  const ping = async (): Promise<void> => {
    await sql.accounts.selectFrom("users").select("id").limit(1).execute();
    await redis?.ping();
  };
  return {
    accounts: sql.accounts,
    traffic: sql.traffic,
    flows: createSqlFlowStore(sql),
    sessionStore: redis?.sessionStore ?? new SqlSessionStore(sql.traffic, options.now),
    limiter: redis?.limiter ?? sql.limiter,
    ping,
    async close() {
      await redis?.close();
      await sql.close();
    },
  };
}
