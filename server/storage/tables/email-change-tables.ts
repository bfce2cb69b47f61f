/** The tables of the migration `011-email-changes`. Never edit them: another migration changes tables that have shipped. */
import type { Kysely } from "kysely";

export async function createEmailChanges(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("email_changes")
    .addColumn("user_id", "text", (column) => column.primaryKey())
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("challenge_id", "text", (column) => column.notNull())
    .addColumn("email", "text", (column) => column.notNull())
    .addColumn("sent_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("former_addresses")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("email", "text", (column) => column.notNull())
    .addColumn("changed_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  for (const column of ["user_id", "email"])
    await db.schema.createIndex(`former_addresses_${column}`).on("former_addresses").column(column).execute();
  for (const table of ["email_changes", "former_addresses"])
    await db.schema.createIndex(`${table}_expires_at`).on(table).column("expires_at").execute();
}
