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
  "002-step-up-names-offers": {
    async up(db: AnyDatabase) {
      await db.schema
        .createTable("begun_actions")
        .ifNotExists()
        .addColumn("idempotency_key", "text", (column) => column.primaryKey())
        .addColumn("session_id", "text", (column) => column.notNull())
        .addColumn("action", "text", (column) => column.notNull())
        .addColumn("operation", "text", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("grants")
        .ifNotExists()
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("session_id", "text", (column) => column.notNull())
        .addColumn("action", "text", (column) => column.notNull())
        .addColumn("operation", "text", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("grants_session_id")
        .ifNotExists()
        .on("grants")
        .column("session_id")
        .execute();
      await db.schema
        .createTable("passkey_names")
        .ifNotExists()
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("passkey_id", "text", (column) => column.notNull())
        .addColumn("name", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("passkey_names_key", ["user_id", "passkey_id"])
        .execute();
      await db.schema
        .createTable("offer_answers")
        .ifNotExists()
        .addColumn("user_id", "text", (column) => column.primaryKey())
        .addColumn("declined", "integer", (column) => column.notNull())
        .addColumn("never", "integer", (column) => column.notNull())
        .addColumn("answered_at", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("passkey_browsers")
        .ifNotExists()
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("passkey_browsers_key", ["id", "user_id"])
        .execute();
      await db.schema
        .createTable("audit_events")
        .ifNotExists()
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("at", "text", (column) => column.notNull())
        .addColumn("event", "text", (column) => column.notNull())
        .addColumn("user_id", "text")
        .addColumn("request_id", "text")
        .addColumn("facts", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("audit_events_user_id")
        .ifNotExists()
        .on("audit_events")
        .columns(["user_id", "at"])
        .execute();
      for (const table of ["begun_actions", "grants", "passkey_browsers"]) {
        await db.schema
          .createIndex(`${table}_expires_at`)
          .ifNotExists()
          .on(table)
          .column("expires_at")
          .execute();
      }
    },
  },
  "003-audit-events-by-time": {
    async up(db: AnyDatabase) {
      await db.schema.createIndex("audit_events_at").ifNotExists().on("audit_events").column("at").execute();
    },
  },
};
