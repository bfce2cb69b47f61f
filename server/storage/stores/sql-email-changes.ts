/** Changes of address, in SQL: one row for a user who has begun one, and one for each former address. */
import type { EmailChangeStore } from "../../passkeys/ports/account/email-changes.ts";
import type { Database } from "../database.ts";

export function emailChanges(db: Database): EmailChangeStore {
  return {
    async keepEmailChange({ userId, sessionId, challengeId, email, sentAt, expiresAt }) {
      const columns = {
        session_id: sessionId,
        challenge_id: challengeId,
        email,
        sent_at: sentAt.getTime(),
        expires_at: expiresAt.getTime(),
      };
      await db
        .insertInto("email_changes")
        .values({ user_id: userId, ...columns })
        .onConflict((conflict) => conflict.column("user_id").doUpdateSet(columns))
        .execute();
    },

    async findEmailChange(userId) {
      const row = await db
        .selectFrom("email_changes")
        .select(["session_id", "challenge_id", "email", "sent_at", "expires_at"])
        .where("user_id", "=", userId)
        .executeTakeFirst();
      if (row === undefined) return null;
      return {
        userId,
        sessionId: row.session_id,
        challengeId: row.challenge_id,
        email: row.email,
        // PostgreSQL answers a bigint as text.
        sentAt: new Date(Number(row.sent_at)),
        expiresAt: new Date(Number(row.expires_at)),
      };
    },

    async takeEmailChange(userId, challengeId) {
      const taken = await db
        .deleteFrom("email_changes")
        .where("user_id", "=", userId)
        .where("challenge_id", "=", challengeId)
        .returning("user_id")
        .execute();
      return taken.length === 1;
    },

    async dropEmailChange(userId) {
      await db.deleteFrom("email_changes").where("user_id", "=", userId).execute();
    },

    async keepFormerAddress({ id, userId, email, changedAt, expiresAt }) {
      await db
        .insertInto("former_addresses")
        .values({
          id,
          user_id: userId,
          email,
          changed_at: changedAt.getTime(),
          expires_at: expiresAt.getTime(),
        })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
    },

    async findFormerAddress(id, now) {
      const row = await db
        .selectFrom("former_addresses")
        .select(["user_id", "email", "changed_at", "expires_at"])
        .where("id", "=", id)
        .where("expires_at", ">", now.getTime())
        .executeTakeFirst();
      if (row === undefined) return null;
      return {
        id,
        userId: row.user_id,
        email: row.email,
        changedAt: new Date(Number(row.changed_at)),
        expiresAt: new Date(Number(row.expires_at)),
      };
    },

    async formerOwner(email, now) {
      const row = await db
        .selectFrom("former_addresses")
        .select("user_id")
        .where("email", "=", email)
        .where("expires_at", ">", now.getTime())
        .executeTakeFirst();
      return row?.user_id ?? null;
    },

    async formerAddresses(userId, now) {
      const rows = await db
        .selectFrom("former_addresses")
        .select("email")
        .where("user_id", "=", userId)
        .where("expires_at", ">", now.getTime())
        .execute();
      return rows.map(({ email }) => email);
    },

    async dropFormerAddresses(userId, since) {
      await db
        .deleteFrom("former_addresses")
        .where("user_id", "=", userId)
        .where("changed_at", ">=", since.getTime())
        .execute();
    },
  };
}
