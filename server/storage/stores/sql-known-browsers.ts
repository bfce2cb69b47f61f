/** Browsers in which an account has made or used a passkey, by the hash of their cookie. */
import type { KnownBrowserStore } from "../../passkeys/ports/known-browsers.ts";
import { compileOnce, type SlotOf } from "../compiled.ts";
import type { Database } from "../database.ts";

export function createSqlKnownBrowsers(db: Database): KnownBrowserStore {
  const find = compileOnce(db, (slot: SlotOf<{ browser: string; userId: string; now: number }>) =>
    db
      .selectFrom("passkey_browsers")
      .select("id")
      .where("id", "=", slot("browser"))
      .where("user_id", "=", slot("userId"))
      .where("expires_at", ">", slot("now")),
  );
  const keep = compileOnce(db, (slot: SlotOf<{ browser: string; userId: string; expiresAt: number }>) =>
    db
      .insertInto("passkey_browsers")
      .values({ id: slot("browser"), user_id: slot("userId"), expires_at: slot("expiresAt") })
      .onConflict((conflict) =>
        conflict.columns(["id", "user_id"]).doUpdateSet({ expires_at: slot("expiresAt") }),
      ),
  );
  return {
    async has(browser, userId, now) {
      const { rows } = await find({ browser, userId, now: now.getTime() });
      return rows.length > 0;
    },

    async hasAny(userId, now) {
      const row = await db
        .selectFrom("passkey_browsers")
        .select("id")
        .where("user_id", "=", userId)
        .where("expires_at", ">", now.getTime())
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async forget(userId) {
      await db.deleteFrom("passkey_browsers").where("user_id", "=", userId).execute();
    },

    async keep(browser, userId, expiresAt) {
      await keep({ browser, userId, expiresAt: expiresAt.getTime() });
    },
  };
}
