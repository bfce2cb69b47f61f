/** Which sessions there are, of whom. A session whose row is gone has ended, wherever its content is kept. */
import type { SessionIndex } from "../../passkeys/ports/session-list.ts";
import type { Database } from "../database.ts";

const seenStepMs = 60 * 1000;

export function createSqlSessionIndex(db: Database): SessionIndex {
  return {
    async add({ id, userId, browser, system, place, method, startedAt, lastSeenAt, endsAt }) {
      await db
        .insertInto("user_sessions")
        .values({
          id,
          user_id: userId,
          method,
          browser,
          system,
          place,
          started_at: startedAt.getTime(),
          seen_at: lastSeenAt.getTime(),
          expires_at: endsAt.getTime(),
        })
        .execute();
    },

    async see({ id, method, place, lastSeenAt }) {
      const row = await db
        .selectFrom("user_sessions")
        .select(["seen_at", "method"])
        .where("id", "=", id)
        .executeTakeFirst();
      if (row === undefined) return false;
      const seenAt = lastSeenAt.getTime();
      if (row.method === method && seenAt < Number(row.seen_at) + seenStepMs) return true;
      // Only an update: a session that was ended meanwhile stays ended.
      const updated = await db
        .updateTable("user_sessions")
        .set({ seen_at: seenAt, method, place })
        .where("id", "=", id)
        .executeTakeFirst();
      return updated.numUpdatedRows > 0;
    },

    async list(userId, now) {
      const rows = await db
        .selectFrom("user_sessions")
        .select(["id", "method", "browser", "system", "place", "started_at", "seen_at"])
        .where("user_id", "=", userId)
        .where("expires_at", ">", now.getTime())
        .execute();
      return rows.map(({ id, method, browser, system, place, started_at, seen_at }) => ({
        id,
        method,
        browser,
        system,
        place,
        startedAt: new Date(Number(started_at)),
        lastSeenAt: new Date(Number(seen_at)),
      }));
    },

    async remove(sessionId, userId) {
      const one = db.deleteFrom("user_sessions").where("id", "=", sessionId);
      const deleted = await (userId === undefined
        ? one
        : one.where("user_id", "=", userId)
      ).executeTakeFirst();
      return deleted.numDeletedRows > 0;
    },

    async removeAll(userId, except) {
      const all = db.deleteFrom("user_sessions").where("user_id", "=", userId);
      const deleted = await (except === undefined ? all : all.where("id", "!=", except)).executeTakeFirst();
      return Number(deleted.numDeletedRows);
    },
  };
}
