/** Recoveries, in SQL: one row for a user, whose every change is one statement. */
import type { Recovery, RecoveryStore } from "../../passkeys/ports/recoveries.ts";
import type { Database } from "../database.ts";

export function recoveries(db: Database): RecoveryStore {
  function find(userId: string) {
    return db
      .selectFrom("recoveries")
      .select(["began_at", "ends_at", "told", "session_id"])
      .where("user_id", "=", userId);
  }

  return {
    async beginRecovery(userId, { beganAt, endsAt, expiresAt }) {
      await db
        .deleteFrom("recoveries")
        .where("user_id", "=", userId)
        .where((eb) => eb.or([eb("expires_at", "<=", beganAt.getTime()), eb("session_id", "is not", null)]))
        .execute();
      const inserted = await db
        .insertInto("recoveries")
        .values({
          user_id: userId,
          began_at: beganAt.getTime(),
          ends_at: endsAt.getTime(),
          expires_at: expiresAt.getTime(),
          told: 0,
          session_id: null,
        })
        .onConflict((conflict) => conflict.column("user_id").doNothing())
        .returning("user_id")
        .execute();
      const begun = { beganAt, endsAt, isEndTold: false, usedBySession: null };
      if (inserted.length === 1) return { recovery: begun, isNew: true };
      const row = await find(userId).executeTakeFirst();
      // Cancelled in this moment: it was there, and the cancellation wins.
      return { recovery: row === undefined ? begun : toRecovery(row), isNew: false };
    },

    async findRecovery(userId, now) {
      const row = await find(userId).where("expires_at", ">", now.getTime()).executeTakeFirst();
      return row === undefined ? null : toRecovery(row);
    },

    async noteRecoveryEnd(userId, now) {
      const noted = await db
        .updateTable("recoveries")
        .set({ told: 1 })
        .where("user_id", "=", userId)
        .where("ends_at", "<=", now.getTime())
        .where("told", "=", 0)
        .executeTakeFirst();
      return noted.numUpdatedRows > 0;
    },

    async useRecovery(userId, sessionId) {
      await db
        .updateTable("recoveries")
        .set({ session_id: sessionId })
        .where("user_id", "=", userId)
        .where("session_id", "is", null)
        .execute();
    },

    async cancelRecovery(userId) {
      const deleted = await db.deleteFrom("recoveries").where("user_id", "=", userId).executeTakeFirst();
      return deleted.numDeletedRows > 0;
    },
  };
}

function toRecovery(row: {
  readonly began_at: number;
  readonly ends_at: number;
  readonly told: number;
  readonly session_id: string | null;
}): Recovery {
  // PostgreSQL answers a bigint as text.
  return {
    beganAt: new Date(Number(row.began_at)),
    endsAt: new Date(Number(row.ends_at)),
    isEndTold: row.told === 1,
    usedBySession: row.session_id,
  };
}
