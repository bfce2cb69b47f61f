/** One query that fails unless every table that is used is there and can be read. It reads no row. */
import { type CompiledQuery, sql } from "kysely";
import type { Database } from "../database.ts";
import { isLeftOut } from "./own-names.ts";
import type { Schema } from "./table-types.ts";

/** A table that is missing here does not compile. */
const tables: Readonly<Record<keyof Schema, true>> = {
  migrations: true,
  users: true,
  sessions: true,
  user_sessions: true,
  consumed_tokens: true,
  otp_attempts: true,
  begun_actions: true,
  known_authenticators: true,
  grants: true,
  recoveries: true,
  email_changes: true,
  former_addresses: true,
  passkey_names: true,
  offer_answers: true,
  passkey_browsers: true,
  audit_events: true,
  notices: true,
  rate_limits: true,
};

export function askForTables(db: Database): CompiledQuery {
  const names = (Object.keys(tables) as (keyof Schema)[]).filter((table) => !isLeftOut(db, table));
  return db
    .selectNoFrom((eb) =>
      names.map((table) =>
        eb.selectFrom(table).select(sql<number>`1`.as("one")).where(sql<boolean>`1 = 0`).as(table),
      ),
    )
    .compile();
}
