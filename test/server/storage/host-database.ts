/** A host's own way into the database that our tables are made in: its tables, its Kysely, its migrations. */
import { Kysely, type Migration, Migrator, PostgresDialect, SqliteDialect, sql } from "kysely";
import SqliteDatabase from "libsql";
import pg from "pg";
import type { TestPlace } from "../../kit/test-storage.ts";

type Rows = readonly Readonly<Record<string, string | number>>[];
export type HostDatabase = Kysely<Record<string, Record<string, unknown>>>;

export function openHostDatabase(options: TestPlace["options"]): HostDatabase {
  if ("file" in options)
    return new Kysely({ dialect: new SqliteDialect({ database: new SqliteDatabase(options.file) }) });
  const pool = new pg.Pool({ connectionString: options.databaseUrl });
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}

/** Tables that a host may well have, with columns of its own and rows that any sweep of ours would find expired. */
const inSeconds = 1_700_000_000;
const hostTables: Readonly<Record<string, { readonly columns: string; readonly rows: Rows }>> = {
  users: { columns: "id integer primary key, password_hash text", rows: [{ id: 1, password_hash: "$2b$" }] },
  sessions: {
    columns: "id text primary key, user_id integer, expires_at bigint",
    rows: [1, 2, 3, 4, 5].map((user_id) => ({ id: `s${user_id}`, user_id, expires_at: inSeconds })),
  },
  grants: { columns: "role text, expires_at bigint", rows: [{ role: "admin", expires_at: inSeconds }] },
  rate_limits: { columns: "ip text, expire bigint", rows: [{ ip: "192.0.2.1", expire: inSeconds }] },
  audit_events: { columns: "id text, at text, what text", rows: [{ id: "1", at: "2001", what: "sale" }] },
  consumed_tokens: { columns: "expires_at bigint", rows: [{ expires_at: inSeconds }] },
  // As connect-pg-simple makes it.
  session: {
    columns: "sid varchar primary key, sess text not null, expire timestamp(6) not null",
    rows: [{ sid: "a", sess: "{}", expire: "2001-01-01 00:00:00" }],
  },
  migrations: { columns: "id integer, name text", rows: [{ id: 1, name: "CreateOrders" }] },
};

export async function createHostTables(db: HostDatabase): Promise<void> {
  for (const [name, { columns, rows }] of Object.entries(hostTables)) {
    await sql`create table ${sql.table(name)} (${sql.raw(columns)})`.execute(db);
    await db
      .insertInto(name)
      .values([...rows])
      .execute();
  }
  await sql`create index sessions_expires_at on sessions (expires_at)`.execute(db);
}

/** How many rows each of the host's tables has. */
export async function countHostRows(db: HostDatabase): Promise<Record<string, number>> {
  const counted = Object.keys(hostTables).map(async (name): Promise<[string, number]> => {
    const { count } = await db
      .selectFrom(name)
      .select((eb) => eb.fn.countAll().as("count"))
      .executeTakeFirstOrThrow();
    return [name, Number(count)];
  });
  return Object.fromEntries(await Promise.all(counted));
}

export const allHostRows = Object.fromEntries(
  Object.entries(hostTables).map(([name, { rows }]) => [name, rows.length]),
);

const hostMigrations: Readonly<Record<string, Migration>> = {
  "2024-01-orders": {
    up: (db) => db.schema.createTable("orders").addColumn("id", "integer").execute(),
  },
};

/** What a host that uses Kysely does at each of its starts. */
export async function migrateHost(db: HostDatabase): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => hostMigrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** Everything with a name in the database: tables, indexes, views, types, schemas. */
export async function namesIn(db: HostDatabase, options: TestPlace["options"]): Promise<readonly string[]> {
  const { rows } = await ("file" in options
    ? sql<{ name: string }>`select name from sqlite_master`
    : sql<{ name: string }>`
        select n.nspname || '.' || c.relname as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not like 'pg_%' and n.nspname <> 'information_schema'
        union all select nspname from pg_namespace where nspname not like 'pg_%'`
  ).execute(db);
  return rows.map(({ name }) => name).sort();
}
