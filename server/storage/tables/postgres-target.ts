/** Where our tables are in a PostgreSQL database, and how they are made there. */
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import type { Database } from "../database.ts";
import { StorageError } from "../storage-error.ts";
import type { MigrationTarget } from "./migrate.ts";
import type { OwnNames } from "./own-names.ts";

/**
 * The schema that the search path leads to: where our tables are, else where new ones would be made. It is named in every
 * query from then on, so that a pooled connection with another search path cannot miss them.
 * @throws StorageError when the search path leads nowhere
 */
export async function findOwnSchema(db: Database, prefix: string): Promise<string> {
  const record = `${prefix}migrations`;
  const { rows } = await sql<{ schema: string | null }>`
    select coalesce(
      (select n.nspname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.oid = to_regclass(${record})),
      current_schema()
    )::text as schema`.execute(db);
  const schema = rows[0]?.schema ?? null;
  if (schema === null)
    throw new StorageError(
      "The search path of the database connection names no schema that exists: pass openStorage `schema`.",
    );
  return schema;
}

/** Asks again and again: one long wait in a statement would hold up the index that another start makes. */
async function lockPatiently(connection: Database, lock: string): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ isLocked: boolean }>`
      select pg_try_advisory_lock(hashtextextended(${lock}, 0)) as "isLocked"`.execute(connection);
    if (rows[0]?.isLocked === true) return;
    await delay(200);
  }
}

/**
 * @param patient the same connections, on which no query is given up: a migration takes as long as it takes
 * @param isSchemaNamed whether the host named it: then it is made if it is missing
 */
export function postgresTarget(
  db: Database,
  patient: Database,
  names: OwnNames & { readonly schema: string },
  isSchemaNamed: boolean,
): MigrationTarget {
  // Asks first: `if not exists` wants the right to make schemas even where there is nothing to make.
  async function prepare(read: Database, write: Database): Promise<void> {
    if (!isSchemaNamed) return;
    const { rows } = await sql`select 1 from pg_catalog.pg_namespace where nspname = ${names.schema}`.execute(
      read,
    );
    if (rows.length === 0) await write.schema.createSchema(names.schema).execute();
  }

  return {
    prepare,
    db,
    names,
    isSchemaNamed,
    async find(on, name) {
      // A type of this name is in the way of a table as well.
      const { rows } = await sql<{ kind: "table" | "something else" }>`
        select case when c.relkind in ('r', 'p') then 'table' else 'something else' end as kind
        from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = ${names.schema} and c.relname = ${name}
        union all
        select 'something else' from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
        where n.nspname = ${names.schema} and t.typname = ${name} and t.typrelid = 0`.execute(on);
      return rows[0]?.kind ?? null;
    },
    async indexLater({ name, table, columns }, isPending) {
      await patient.connection().execute(async (connection) => {
        await sql`set statement_timeout = 0`.execute(connection);
        const lock = `authsignal-passkeys-express index ${names.schema}.${names.prefix}`;
        await lockPatiently(connection, lock);
        try {
          if (!(await isPending(connection))) return;
          const own = sql.id(names.schema, names.prefix + name);
          // A build that was cut short leaves an index that is of no use. A valid one was made by hand before.
          const { rows } = await sql<{ isValid: boolean }>`
            select i.indisvalid as "isValid" from pg_catalog.pg_index i
            where i.indexrelid = to_regclass(${`"${names.schema}"."${names.prefix}${name}"`})
            and i.indrelid = to_regclass(${`"${names.schema}"."${names.prefix}${table}"`})`.execute(
            connection,
          );
          if (rows[0]?.isValid === true) return;
          if (rows[0]?.isValid === false) await sql`drop index concurrently ${own}`.execute(connection);
          await sql`create index concurrently ${sql.id(names.prefix + name)} on ${sql.id(names.schema, names.prefix + table)} (${sql.join(columns.map((column) => sql.id(column)))})`.execute(
            connection,
          );
        } finally {
          await sql`select pg_advisory_unlock(hashtextextended(${lock}, 0))`.execute(connection);
          await sql`reset statement_timeout`.execute(connection);
        }
      });
    },
    async alone(run) {
      // Read committed, whatever the database's default: what another start did while we waited must be seen.
      await patient
        .transaction()
        .setIsolationLevel("read committed")
        .execute(async (transaction) => {
          await sql`set local statement_timeout = 0`.execute(transaction);
          const lock = `authsignal-passkeys-express ${names.schema}.${names.prefix}`;
          await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(transaction);
          await prepare(transaction, transaction);
          await run(transaction);
        });
    },
  };
}
