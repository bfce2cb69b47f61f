/** Browsers in which an account has made or used a passkey, by the hash of their cookie. */
import type { KnownBrowserStore } from "../../passkeys/ports/known-browsers.ts";
import type { Database } from "../database.ts";

export function createSqlKnownBrowsers(db: Database): KnownBrowserStore {
  return {
    async has(browser, userId, now) {
      const row = await db
        .selectFrom("passkey_browsers")
        .select("id")
        .where("id", "=", browser)
        .where("user_id", "=", userId)
        .where("expires_at", ">", now.getTime())
        .executeTakeFirst();
      return row !== undefined;
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
      const expires_at = expiresAt.getTime();
      await db
        .insertInto("passkey_browsers")
        .values({ id: browser, user_id: userId, expires_at })
        .onConflict((conflict) => conflict.columns(["id", "user_id"]).doUpdateSet({ expires_at }))
        .execute();
    },
  };
}
