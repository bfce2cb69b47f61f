/** Deletes what has expired. Cheap (indexed); runs now and then. */
import { setImmediate as letOthersIn } from "node:timers/promises";
import { type DeleteResult, sql } from "kysely";
import { type Names, refuseUnknown } from "../../http/options/known-options.ts";
import type { Database } from "../database.ts";
import { isLeftOut } from "./own-names.ts";

/** The column that rows are deleted by, for each table that has an end. Rows may share it in `passkey_browsers`. */
const expiring = {
  sessions: "id",
  user_sessions: "id",
  consumed_tokens: "identity",
  otp_attempts: "challenge_id",
  begun_actions: "idempotency_key",
  grants: "id",
  recoveries: "user_id",
  email_changes: "user_id",
  former_addresses: "id",
  passkey_browsers: "id",
  notices: "id",
} as const;

/** SQLite is synchronous: a backlog of months in one statement would hold up every request. */
const rowsAtOnce = 500;

export interface SweepOptions {
  /** How long security events are kept. Default 400; Infinity keeps them all. */
  readonly auditRetentionDays?: number;
}

const known: Names<SweepOptions> = { auditRetentionDays: true };

/** How many rows were deleted, by table without its prefix. */
export type SweptRows = Readonly<Record<string, number>>;

/**
 * @param db `storage.traffic`, on every database and with Redis too. Several instances may sweep at the same time.
 * @throws TypeError for a retention below a day, which would delete what has just been written
 */
export async function sweepExpired(db: Database, now: Date, options: SweepOptions = {}): Promise<SweptRows> {
  refuseUnknown("sweepExpired", options, known);
  const { auditRetentionDays = 400 } = options;
  if (!(auditRetentionDays >= 1))
    throw new TypeError("sweepExpired: `auditRetentionDays` must be 1 or more; Infinity keeps every event.");
  const end = now.getTime();
  const swept: Record<string, number> = {};
  for (const [table, key] of entriesOf(expiring)) {
    if (isLeftOut(db, table)) continue;
    const column = sql.ref<string>(key);
    swept[table] = await inBatches(async () => {
      const old = db
        .selectFrom(table)
        .select(column.as("old"))
        .where("expires_at", "<=", end)
        .limit(rowsAtOnce);
      return db.deleteFrom(table).where(column, "in", old).where("expires_at", "<=", end).executeTakeFirst();
    });
  }
  swept.rate_limits = await inBatches(async () => {
    const old = db.selectFrom("rate_limits").select("key").where("expire", "<=", end).limit(rowsAtOnce);
    return db.deleteFrom("rate_limits").where("key", "in", old).where("expire", "<=", end).executeTakeFirst();
  });
  if (auditRetentionDays !== Number.POSITIVE_INFINITY && !isLeftOut(db, "audit_events"))
    swept.audit_events = await sweepEvents(
      db,
      new Date(now.getTime() - auditRetentionDays * 24 * 60 * 60 * 1000),
    );
  return swept;
}

async function sweepEvents(db: Database, before: Date): Promise<number> {
  // Times are ISO 8601 text of one length, so their order as text is their order in time.
  const old = db
    .selectFrom("audit_events")
    .select("id")
    .where("at", "<", before.toISOString())
    .limit(rowsAtOnce);
  return inBatches(() => db.deleteFrom("audit_events").where("id", "in", old).executeTakeFirst());
}

/** Deletes until there is less than a batch. Requests come in between. @returns how many rows */
async function inBatches(deleteSome: () => Promise<DeleteResult>): Promise<number> {
  let rows = 0;
  for (;;) {
    const deleted = Number((await deleteSome()).numDeletedRows);
    rows += deleted;
    if (deleted < rowsAtOnce) return rows;
    await letOthersIn();
  }
}

function entriesOf<Key extends string, Value>(record: Readonly<Record<Key, Value>>): [Key, Value][] {
  return Object.entries(record) as [Key, Value][];
}
