/** Deletes what has expired. Cheap (indexed); runs now and then. */
import type { Database } from "./database.ts";

const expiring = [
  "sessions",
  "consumed_tokens",
  "otp_attempts",
  "begun_actions",
  "grants",
  "passkey_browsers",
] as const;

/** @param db `storage.traffic`, on every database and with Redis too. Several instances may sweep at the same time. */
export async function sweepExpired(db: Database, now: Date): Promise<void> {
  for (const table of expiring) {
    await db.deleteFrom(table).where("expires_at", "<=", now.getTime()).execute();
  }
  await db.deleteFrom("rate_limits").where("expire", "<=", now.getTime()).execute();
}
