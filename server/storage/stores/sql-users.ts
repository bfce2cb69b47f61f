/** Users in our own database: for an app that has none yet. A host with a users table implements the port itself. */
import { randomUUID } from "node:crypto";
import type { User } from "../../../shared/contract.ts";
import { isSqlAnswer } from "../../http/outages.ts";
import { normaliseEmail } from "../../passkeys/ports/email-address.ts";
import type { UserDirectory } from "../../passkeys/ports/users.ts";
import { compileOnce, type RunQuery, type SlotOf } from "../compiled.ts";
import type { Database } from "../database.ts";

/** Every proven address is an account: none is refused. */
export interface SqlUsers extends UserDirectory {
  changeEmail(userId: string, email: string): Promise<boolean>;
  deleteUser(userId: string): Promise<void>;
  findOrCreateByEmail(email: string): Promise<User>;
}

/**
 * @param accounts `storage.accounts`; of a lazy storage `async () => (await storage.opened()).accounts`
 * @param now default: the system clock
 */
export function createSqlUsers(
  accounts: Database | (() => Promise<Database>),
  now: () => Date = () => new Date(),
): SqlUsers {
  const open = async () => (typeof accounts === "function" ? accounts() : accounts);
  let find: RunQuery<{ id: string }, User> | undefined;
  return {
    async findById(userId) {
      find ??= findIn(await open());
      const { rows } = await find({ id: userId });
      const [row] = rows;
      return row === undefined ? null : toUser(row);
    },

    async deleteUser(userId) {
      await (await open()).deleteFrom("users").where("id", "=", userId).execute();
    },

    async changeEmail(userId, address) {
      const db = await open();
      const email = normaliseEmail(address);
      const changed = await db
        .updateTable("users")
        .set({ email })
        .where("id", "=", userId)
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom("users as others")
                .select("others.id")
                .where("others.email", "=", email)
                .where("others.id", "!=", userId),
            ),
          ),
        )
        .executeTakeFirst()
        .catch(nullIfTaken);
      return changed !== null && changed.numUpdatedRows > 0;
    },

    async findOrCreateByEmail(address) {
      const db = await open();
      const email = normaliseEmail(address);
      // Insert first and let the unique index decide: a read-then-write would race.
      await db
        .insertInto("users")
        .values({ id: randomUUID(), email, created_at: now().toISOString() })
        .onConflict((conflict) => conflict.column("email").doNothing())
        .execute();
      const row = await db
        .selectFrom("users")
        .select(["id", "email"])
        .where("email", "=", email)
        .executeTakeFirstOrThrow();
      return toUser(row);
    },
  };
}

function findIn(db: Database): RunQuery<{ id: string }, User> {
  return compileOnce(db, (slot: SlotOf<{ id: string }>) =>
    db.selectFrom("users").select(["id", "email"]).where("id", "=", slot("id")),
  );
}

/** Of two parallel changes to one address, PostgreSQL lets the unique index refuse the second. */
function nullIfTaken(error: unknown): null {
  if (isSqlAnswer(error) && error.code === "23505") return null;
  throw error;
}

/** Drivers add members of their own to rows (libsql: `_metadata`); a user has exactly two. */
function toUser(row: { id: string; email: string }): User {
  return { id: row.id, email: row.email };
}
