/** Takes a user out of the audit trail, which stays readable: what happened, when, and that it was one person. */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { Database } from "../database.ts";
import { isLeftOut } from "./own-names.ts";

export async function anonymiseEvents(db: Database, userId: string): Promise<void> {
  if (isLeftOut(db, "audit_events")) return;
  const pseudonym = `forgotten-${randomUUID()}`;
  await db
    .updateTable("audit_events")
    .set({
      user_id: pseudonym,
      // The facts are JSON text, with the id as a whole string.
      facts: sql<string>`replace(facts, ${JSON.stringify(userId)}, ${JSON.stringify(pseudonym)})`,
    })
    .where("user_id", "=", userId)
    .execute();
}
