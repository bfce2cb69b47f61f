/** Deletes what has expired. Cheap (indexed); runs now and then. */
import { setImmediate as letOthersIn } from "node:timers/promises";
import type { Database } from "../database.ts";
import { isLeftOut } from "./own-names.ts";

const expiring = [
  "sessions",
  "consumed_tokens",
  "otp_attempts",
  "begun_actions",
  "grants",
  "passkey_browsers",
] as const;

/** SQLite is synchronous: a backlog of months in one statement would hold up every request. */
const eventsAtOnce = 1000;

/**
 * @param db `storage.traffic`, on every database and with Redis too. Several instances may sweep at the same time.
 * @throws TypeError for a retention below a day, which would delete what has just been written
 */
export async function sweepExpired(
  db: Database,
  now: Date,
  { auditRetentionDays = 400 }: { readonly auditRetentionDays?: number } = {},
): Promise<void> {
  if (!(auditRetentionDays >= 1))
    throw new TypeError("sweepExpired: `auditRetentionDays` must be 1 or more; Infinity keeps every event.");
  for (const table of expiring) {
    if (isLeftOut(db, table)) continue;
    await db.deleteFrom(table).where("expires_at", "<=", now.getTime()).execute();
  }
  await db.deleteFrom("rate_limits").where("expire", "<=", now.getTime()).execute();
  if (auditRetentionDays !== Number.POSITIVE_INFINITY && !isLeftOut(db, "audit_events"))
    await sweepEvents(db, new Date(now.getTime() - auditRetentionDays * 24 * 60 * 60 * 1000));
}

async function sweepEvents(db: Database, before: Date): Promise<void> {
  for (;;) {
    // Times are ISO 8601 text of one length, so their order as text is their order in time.
    const old = db.selectFrom("audit_events").select("id").where("at", "<", before.toISOString());
    const deleted = await db
      .deleteFrom("audit_events")
      .where("id", "in", old.limit(eventsAtOnce))
      .executeTakeFirst();
    if (deleted.numDeletedRows < eventsAtOnce) return;
    await letOthersIn();
  }
}
