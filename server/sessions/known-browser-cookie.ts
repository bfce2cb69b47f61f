/**
 * Remembers, by a long-lived cookie, that an account has made or used a passkey in this browser, so that it is
 * not offered another. The cookie is a random number; what it stands for is in our database. It proves nothing.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Request } from "express";
import type { BrowserMemory } from "../passkeys/ports/known-browsers.ts";
import type { Database } from "../storage/database.ts";
import { cookieName } from "./cookie-name.ts";

/** As long as browsers keep a cookie at the most (400 days). */
const lifeMs = 400 * 24 * 60 * 60 * 1000;

export function createBrowserCookie(options: {
  readonly db: Database;
  /** True for https origins. */
  readonly secure: boolean;
  readonly now: () => Date;
}): BrowserMemory {
  const { db, secure, now } = options;
  const name = cookieName(secure, "passkeys_browser");

  return {
    async knows(req, userId) {
      const id = readCookie(req, name);
      if (id === null) return false;
      const row = await db
        .selectFrom("passkey_browsers")
        .select("id")
        .where("id", "=", hashed(id))
        .where("user_id", "=", userId)
        .where("expires_at", ">", now().getTime())
        .executeTakeFirst();
      return row !== undefined;
    },

    async remember(req, res, userId) {
      const id = readCookie(req, name) ?? randomBytes(24).toString("base64url");
      const expires_at = now().getTime() + lifeMs;
      await db
        .insertInto("passkey_browsers")
        .values({ id: hashed(id), user_id: userId, expires_at })
        .onConflict((conflict) => conflict.columns(["id", "user_id"]).doUpdateSet({ expires_at }))
        .execute();
      res.cookie(name, id, { httpOnly: true, sameSite: "lax", secure, path: "/", maxAge: lifeMs });
    },
  };
}

/** Only values of our own making: 24 random bytes in base64url. */
function readCookie(req: Request, name: string): string | null {
  const pairs = (req.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  return value !== undefined && /^[\w-]{32}$/.test(value) ? value : null;
}

function hashed(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}
