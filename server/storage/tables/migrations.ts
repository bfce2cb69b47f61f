/**
 * Migrations in order of their names; each runs once. Never edit one that has shipped: add the next. Names are without the
 * prefix, which is put in front of tables, indexes and keys; raw SQL would not get it. No `ifNotExists`: a table that is there belongs to the host.
 *
 * An older version starts on the tables of a newer one, so a migration adds: a table, a column with a default or that may
 * be null, an index. To remove something, first release a version that does not use it. The name of the migration that
 * removes it ends in `@` and the oldest migration that a version must know to work with the new tables, such as
 * `012-drop-old-names@010-new-names`. Versions that do not know that one refuse to start.
 *
 * An index on a table that may be large by then is a migration of its own, with `index`: PostgreSQL makes it
 * `concurrently`, without a lock, unless an operator has made it before under the same name.
 */
import type { Kysely } from "kysely";
import { createEmailChanges } from "./email-change-tables.ts";
import type { Migrations, OwnIndex, OwnMigration } from "./migrate.ts";

// Migrations are written against the tables of their time, so they are untyped on purpose.
type AnyDatabase = Kysely<unknown>;

/** A migration with a `part` runs only where that part is used, perhaps later than those after it. */
export const migrations: Migrations = {
  "001-flows": {
    async up(db: AnyDatabase) {
      await createAnswers(db);
      await createFlows(db);
      await createRateLimits(db);
    },
  },
  "002-users": { part: "users", up: createUsers },
  "003-sessions": { part: "sessions", up: createSessions },
  "004-audit-events": { part: "audit", up: createAuditEvents },
  "005-grants-of-users": {
    async up(db: AnyDatabase) {
      await db.schema.alterTable("grants").addColumn("user_id", "text").execute();
      await db.schema.createIndex("grants_user_id").on("grants").column("user_id").execute();
    },
  },
  "006-user-sessions": { up: createUserSessions },
  "007-notices": { part: "notices", up: createNotices },
  "008-recoveries": { up: createRecoveries },
  "009-accepted-codes": {
    async up(db: AnyDatabase) {
      for (const column of ["accepted_code", "accepted_email"])
        await db.schema.alterTable("otp_attempts").addColumn(column, "text").execute();
    },
  },
  // Forgetting a person asks by the user alone.
  "010-browsers-of-users": indexed({
    name: "passkey_browsers_user_id",
    table: "passkey_browsers",
    columns: ["user_id"],
  }),
  "011-email-changes": { up: createEmailChanges },
};

function indexed(index: OwnIndex): OwnMigration {
  const { name, table, columns } = index;
  return {
    index,
    async up(db: AnyDatabase) {
      await db.schema
        .createIndex(name)
        .on(table)
        .columns([...columns])
        .execute();
    },
  };
}

async function createUsers(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("users")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("email", "text", (column) => column.notNull().unique())
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
}

async function createAnswers(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("passkey_names")
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("passkey_id", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("passkey_names_key", ["user_id", "passkey_id"])
    .execute();
  await db.schema
    .createTable("offer_answers")
    .addColumn("user_id", "text", (column) => column.primaryKey())
    .addColumn("declined", "integer", (column) => column.notNull())
    .addColumn("never", "integer", (column) => column.notNull())
    .addColumn("answered_at", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("passkey_browsers")
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("passkey_browsers_key", ["id", "user_id"])
    .execute();
  await indexExpiry(db, "passkey_browsers");
}

async function createSessions(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("sessions")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("data", "text", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await indexExpiry(db, "sessions");
}

async function createFlows(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("consumed_tokens")
    .addColumn("identity", "text", (column) => column.primaryKey())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("otp_attempts")
    .addColumn("challenge_id", "text", (column) => column.primaryKey())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("begun_actions")
    .addColumn("idempotency_key", "text", (column) => column.primaryKey())
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("operation", "text", (column) => column.notNull())
    .addColumn("passkey_ids", "text", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("known_authenticators")
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("authenticator_id", "text", (column) => column.notNull())
    .addColumn("claimed", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("known_authenticators_key", ["user_id", "authenticator_id"])
    .execute();
  await db.schema
    .createTable("grants")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("operation", "text", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("grants_session_id").on("grants").column("session_id").execute();
  for (const table of ["consumed_tokens", "otp_attempts", "begun_actions", "grants"])
    await indexExpiry(db, table);
}

async function createUserSessions(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("user_sessions")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("method", "text", (column) => column.notNull())
    .addColumn("browser", "text")
    .addColumn("system", "text")
    .addColumn("place", "text")
    .addColumn("started_at", "bigint", (column) => column.notNull())
    .addColumn("seen_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("user_sessions_user_id").on("user_sessions").column("user_id").execute();
  await indexExpiry(db, "user_sessions");
}

async function createRecoveries(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("recoveries")
    .addColumn("user_id", "text", (column) => column.primaryKey())
    .addColumn("began_at", "bigint", (column) => column.notNull())
    .addColumn("ends_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("told", "integer", (column) => column.notNull())
    .addColumn("session_id", "text")
    .execute();
  await indexExpiry(db, "recoveries");
}

async function createAuditEvents(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("audit_events")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("event", "text", (column) => column.notNull())
    .addColumn("user_id", "text")
    .addColumn("request_id", "text")
    .addColumn("facts", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("audit_events_at").on("audit_events").column("at").execute();
  await db.schema.createIndex("audit_events_user_id").on("audit_events").columns(["user_id", "at"]).execute();
  // The id that people quote when they write in.
  await db.schema.createIndex("audit_events_request_id").on("audit_events").column("request_id").execute();
}

async function createNotices(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("notices")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("content", "text", (column) => column.notNull())
    .addColumn("due_at", "bigint", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("sent_at", "bigint")
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("notices_due_at").on("notices").columns(["sent_at", "due_at"]).execute();
  await db.schema.createIndex("notices_user_id").on("notices").column("user_id").execute();
  await indexExpiry(db, "notices");
}

/** The shape that rate-limiter-flexible expects, on both dialects. */
async function createRateLimits(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("rate_limits")
    .addColumn("key", "varchar(255)", (column) => column.primaryKey())
    .addColumn("points", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("expire", "bigint")
    .execute();
  await db.schema.createIndex("rate_limits_expire").on("rate_limits").column("expire").execute();
}

async function indexExpiry(db: AnyDatabase, table: string): Promise<void> {
  await db.schema.createIndex(`${table}_expires_at`).on(table).column("expires_at").execute();
}
