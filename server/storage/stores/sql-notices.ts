/** Keeps notices until they are sent. Every decision is one statement, so that two instances never send the same one. */
import type { NoticeStore } from "../../passkeys/ports/notices.ts";
import type { Database } from "../database.ts";

export function createSqlNotices(db: Database): NoticeStore {
  async function countWaiting(): Promise<number> {
    const { waiting } = await db
      .selectFrom("notices")
      .select((eb) => eb.fn.countAll().as("waiting"))
      .where("sent_at", "is", null)
      .executeTakeFirstOrThrow();
    return Number(waiting);
  }

  return {
    async keep({ id, userId, content, dueAt, expiresAt }, most) {
      if ((await countWaiting()) >= most) return false;
      const due_at = dueAt.getTime();
      await db
        .insertInto("notices")
        .values({ id, user_id: userId, content, due_at, attempts: 0, expires_at: expiresAt.getTime() })
        .onConflict((conflict) =>
          conflict
            .column("id")
            .doUpdateSet({ content, due_at })
            .where("notices.sent_at", "is", null)
            .where("notices.attempts", "=", 0)
            .where("notices.due_at", ">", due_at),
        )
        .execute();
      return true;
    },

    async claim(now, leaseEnd, most) {
      const at = now.getTime();
      const due = db
        .selectFrom("notices")
        .select("id")
        .where("sent_at", "is", null)
        .where("due_at", "<=", at)
        .where("expires_at", ">", at)
        .orderBy("due_at")
        .limit(most);
      const rows = await db
        .updateTable("notices")
        .set((eb) => ({ due_at: leaseEnd.getTime(), attempts: eb("attempts", "+", 1) }))
        .where("id", "in", due)
        // PostgreSQL asks this again once another instance that claims the same rows is done.
        .where("due_at", "<=", at)
        .where("sent_at", "is", null)
        .returning(["id", "user_id", "content", "due_at", "attempts", "expires_at"])
        .execute();
      return rows.map(({ id, user_id, content, due_at, attempts, expires_at }) => ({
        id,
        userId: user_id,
        content,
        attempts,
        dueAt: new Date(Number(due_at)),
        expiresAt: new Date(Number(expires_at)),
      }));
    },

    async markSent({ id, attempts }, at) {
      await db
        .updateTable("notices")
        .set({ sent_at: at.getTime(), content: "" })
        .where("id", "=", id)
        .where("attempts", "=", attempts)
        .execute();
    },

    async postpone({ id, attempts }, dueAt) {
      await db
        .updateTable("notices")
        .set({ due_at: dueAt.getTime() })
        .where("id", "=", id)
        .where("attempts", "=", attempts)
        .where("sent_at", "is", null)
        .execute();
    },

    async forget(userId) {
      await db.deleteFrom("notices").where("user_id", "=", userId).execute();
    },
  };
}
