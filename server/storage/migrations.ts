/** Migrations in order; each runs once. Never edit one that has shipped: add the next. */
import type { Kysely, Migration } from "kysely";

// Migrations are written against the tables of their time, so they are untyped on purpose.
type AnyDatabase = Kysely<unknown>;

export const migrations: Record<string, Migration> = {
  "001-users-sessions-tokens": {
    async up(db: AnyDatabase) {
      await db.schema
        .createTable("users")
        .ifNotExists()
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("email", "text", (column) => column.notNull().unique())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("sessions")
        .ifNotExists()
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("data", "text", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("consumed_tokens")
        .ifNotExists()
        .addColumn("identity", "text", (column) => column.primaryKey())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("otp_attempts")
        .ifNotExists()
        .addColumn("challenge_id", "text", (column) => column.primaryKey())
        .addColumn("attempts", "integer", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
      // The shape that rate-limiter-flexible expects, on both dialects.
      await db.schema
        .createTable("rate_limits")
        .ifNotExists()
        .addColumn("key", "varchar(255)", (column) => column.primaryKey())
        .addColumn("points", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("expire", "bigint")
        .execute();
      for (const table of ["sessions", "consumed_tokens", "otp_attempts"]) {
        await db.schema
          .createIndex(`${table}_expires_at`)
          .ifNotExists()
          .on(table)
          .column("expires_at")
          .execute();
      }
    },
  },
};
