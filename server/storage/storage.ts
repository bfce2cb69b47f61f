/** What the app keeps, and where: an embedded SQLite file by default, PostgreSQL and Redis when they are given. */
import type { Store } from "express-session";
import { warnOfOutage } from "../http/outages.ts";
import type { EmailChangeStore } from "../passkeys/ports/account/email-changes.ts";
import type { EventReader } from "../passkeys/ports/events.ts";
import type { FlowStore } from "../passkeys/ports/flow-store.ts";
import type { KnownBrowserStore } from "../passkeys/ports/known-browsers.ts";
import type { Limiter, LimitRule } from "../passkeys/ports/limiter.ts";
import type { NoticeStore } from "../passkeys/ports/notices.ts";
import type { RecoveryStore } from "../passkeys/ports/recoveries.ts";
import type { SessionIndex } from "../passkeys/ports/session-list.ts";
import type { Database, PoolLoad } from "./database.ts";
import { createProbe } from "./probe.ts";
import { readStorageOptions, type StorageOptions } from "./storage-options.ts";
import { createSqlEvents } from "./stores/sql-events.ts";
import { createSqlFlowStore } from "./stores/sql-flow-store.ts";
import { createSqlKnownBrowsers } from "./stores/sql-known-browsers.ts";
import { createSqlNotices } from "./stores/sql-notices.ts";
import { createSqlSessionIndex } from "./stores/sql-session-index.ts";
import { SqlSessionStore } from "./stores/sql-session-store.ts";
import { anonymiseEvents } from "./tables/anonymise-events.ts";
import { migrations } from "./tables/migrations.ts";

export interface Storage {
  /** Users and what they said: survives anything. */
  readonly accounts: Database;
  /** Sessions, tokens, the audit trail: written at every turn. */
  readonly traffic: Database;
  readonly sessionStore: Store;
  /** What the flows remember. */
  readonly flows: FlowStore & RecoveryStore & EmailChangeStore;
  /** For `createKnownBrowserCookie`. */
  readonly knownBrowsers: KnownBrowserStore;
  /** For `createCookieSessions` and `createBearerSessions`: with it people can see and end their sessions. */
  readonly sessionIndex: SessionIndex;
  /** Reads the audit trail, for `GET /activity` and by request id. Null with `tables: { audit: false }`. */
  readonly events: EventReader | null;
  /** For `createNotices`. Null without `tables: { notices: true }`. */
  readonly notices: NoticeStore | null;
  /** Replaces the user in the audit trail by a random name, the same in all events. Does nothing without that table. */
  readonly anonymiseEvents: (userId: string) => Promise<void>;
  /** A counter shared by all instances on this storage. */
  readonly limiter: (rule: LimitRule) => Limiter;
  /**
   * For a readiness check: rejects when a part of the storage cannot be reached within 2 seconds, lacks a table or cannot
   * be written to. Cheap: calls that come together share one check, whose outcome holds for a second.
   */
  readonly ping: () => Promise<void>;
  /** For metrics: connections at this moment. */
  readonly load: () => StorageLoad;
  readonly close: () => Promise<void>;
}

export interface StorageLoad {
  /** PostgreSQL's connections. Null: SQLite, or not open yet. */
  readonly pool: PoolLoad | null;
  /** Whether the connection to Redis is up. Null without Redis. */
  readonly redisReady: boolean | null;
}

/**
 * Opens the database and makes our tables in it. Where a host's own tables are is no matter: every table, index and
 * Redis key of this package begins with a prefix. The drivers of servers that are not used are never loaded.
 * @throws TypeError for options that cannot be used, or that could have no effect
 * @throws StorageError, with the database as it was, for a table under one of our names that this package did not make,
 *   and with `migrate: false` for tables that are not up to date
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const {
    database,
    redis: address,
    redisPrefix,
    tablePrefix,
    leftOut,
    migrates,
    bounds,
    schema,
  } = readStorageOptions(options);
  const notify = options.onNotice ?? warnOfOutage;
  const own = { tablePrefix, leftOut, migrations, migrates, notify };
  const sql =
    "file" in database
      ? await (await import("./drivers/sqlite.ts")).openSqlite({ ...own, file: database.file })
      : await (await import("./drivers/postgres.ts")).openPostgres({ ...own, database, schema, bounds });
  const redis =
    address !== null
      ? await (await import("./drivers/redis.ts")).openRedis(address, redisPrefix, bounds.queryMs, notify)
      : null;
  const probe = createProbe(async () => {
    await settleAll([sql.check(), redis?.check()]);
  });
  return {
    accounts: sql.accounts,
    traffic: sql.traffic,
    flows: createSqlFlowStore(sql),
    knownBrowsers: createSqlKnownBrowsers(sql.traffic),
    anonymiseEvents: (userId) => anonymiseEvents(sql.traffic, userId),
    sessionIndex: createSqlSessionIndex(sql.traffic),
    events: leftOut.has("audit") ? null : createSqlEvents(sql.traffic),
    notices: leftOut.has("notices") ? null : createSqlNotices(sql.traffic),
    sessionStore: redis?.sessionStore ?? new SqlSessionStore(sql.traffic, options.now ?? (() => new Date())),
    limiter: redis?.limiter ?? sql.limiter,
    ping: probe.ping,
    load: () => ({ pool: sql.connections(), redisReady: redis?.isReady() ?? null }),
    async close() {
      probe.stop();
      await settleAll([redis?.close(), sql.close()]);
    },
  };
}

/** Waits for all of them, also when one fails. @throws what the first of them has rejected with */
async function settleAll(work: readonly (Promise<void> | undefined)[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}
