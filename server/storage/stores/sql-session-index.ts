/** Which sessions there are, of whom. A session whose row is gone has ended, wherever its content is kept. */
import type { SessionIndex } from "../../passkeys/ports/session-list.ts";
import { compileOnce, type SlotOf } from "../compiled.ts";
import type { Database } from "../database.ts";

const seenStepMs = 60 * 1000;

interface AddedRow {
  readonly id: string;
  readonly userId: string;
  readonly method: string;
  readonly browser: string | null;
  readonly system: string | null;
  readonly place: string | null;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly endsAt: number;
}

export function createSqlSessionIndex(db: Database): SessionIndex {
  const insert = compileOnce(db, (slot: SlotOf<AddedRow>) =>
    db.insertInto("user_sessions").values({
      id: slot("id"),
      user_id: slot("userId"),
      method: slot("method"),
      browser: slot("browser"),
      system: slot("system"),
      place: slot("place"),
      started_at: slot("startedAt"),
      seen_at: slot("seenAt"),
      expires_at: slot("endsAt"),
    }),
  );
  const find = compileOnce(db, (slot: SlotOf<{ id: string }>) =>
    db.selectFrom("user_sessions").select(["seen_at", "method"]).where("id", "=", slot("id")),
  );
  return {
    async add({ startedAt, lastSeenAt, endsAt, ...session }) {
      await insert({
        ...session,
        startedAt: startedAt.getTime(),
        seenAt: lastSeenAt.getTime(),
        endsAt: endsAt.getTime(),
      });
    },

    async see({ id, method, place, lastSeenAt }) {
      const { rows } = await find({ id });
      const [row] = rows;
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
