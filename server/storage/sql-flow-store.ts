/** What the flows remember, in SQL. Every decision is one statement, so that parallel callers cannot both win. */
import type { FlowStore } from "../passkeys/flow-store.ts";
import type { Database } from "./database.ts";

export function createSqlFlowStore(db: Database): FlowStore {
  return {
    async consumeToken(identity, expiresAt) {
      const inserted = await db
        .insertInto("consumed_tokens")
        .values({ identity, expires_at: expiresAt.getTime() })
        .onConflict((conflict) => conflict.column("identity").doNothing())
        .returning("identity")
        .execute();
      return inserted.length === 1;
    },

    async countOtpAttempt(challengeId, expiresAt) {
      const { attempts } = await db
        .insertInto("otp_attempts")
        .values({ challenge_id: challengeId, attempts: 1, expires_at: expiresAt.getTime() })
        .onConflict((conflict) =>
          conflict
            .column("challenge_id")
            .doUpdateSet((eb) => ({ attempts: eb("otp_attempts.attempts", "+", 1) })),
        )
        .returning("attempts")
        .executeTakeFirstOrThrow();
      return attempts;
    },
  };
}

/** Deletes what has expired. Cheap (indexed); run it now and then. */
export async function sweepExpired(db: Database, now: Date): Promise<void> {
  for (const table of ["sessions", "consumed_tokens", "otp_attempts"] as const) {
    await db.deleteFrom(table).where("expires_at", "<=", now.getTime()).execute();
  }
  await db.deleteFrom("rate_limits").where("expire", "<=", now.getTime()).execute();
}
