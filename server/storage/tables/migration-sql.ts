/** The statements of the migrations that have to run, as text, to be run by hand. */
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from "kysely";
import { createRecord, findPending, laterThan, type Migrations, type MigrationTarget } from "./migrate.ts";
import { withOwnNames } from "./own-names.ts";
import type { Schema } from "./table-types.ts";

/** @returns SQL that makes the tables in one transaction; empty when there is nothing to do */
export async function writeMigrationSql(target: MigrationTarget, migrations: Migrations): Promise<string> {
  const { isEmpty, pending } = await findPending(target, target.db, migrations);
  if (pending.length === 0) return "";
  const statements: string[] = [];
  const writer = writerOf(target, (statement) => void statements.push(statement));
  await target.prepare(target.db, writer);
  const own = withOwnNames(writer, target.names);
  if (isEmpty) await createRecord(own);
  const later = laterThan(target, { isEmpty, pending }, migrations);
  for (const name of pending.filter((one) => !later.includes(one))) {
    await migrations[name]?.up(own);
    const row = { name: sql.lit(name), timestamp: sql.lit(new Date().toISOString()) };
    await own.insertInto("migrations").values(row).execute();
  }
  const inOne = statements.length === 0 ? [] : ["begin", ...statements.splice(0), "commit"];
  for (const name of later) {
    await migrations[name]?.up(own);
    const row = { name: sql.lit(name), timestamp: sql.lit(new Date().toISOString()) };
    await own.insertInto("migrations").values(row).execute();
  }
  // No transaction can make an index without a lock.
  const apart = statements.map((one) => one.replace(/^create index /, "create index concurrently "));
  return [...inOne, ...apart].map((statement) => `${statement};\n`).join("");
}

/** Compiles for the target's database, and runs nothing. */
function writerOf({ names }: MigrationTarget, write: (statement: string) => void): Kysely<Schema> {
  const dialect =
    names.schema === null
      ? {
          createAdapter: () => new SqliteAdapter(),
          createDriver: () => new DummyDriver(),
          createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
          createQueryCompiler: () => new SqliteQueryCompiler(),
        }
      : {
          createAdapter: () => new PostgresAdapter(),
          createDriver: () => new DummyDriver(),
          createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
          createQueryCompiler: () => new PostgresQueryCompiler(),
        };
  return new Kysely<Schema>({ dialect, log: ({ query }) => write(query.sql) });
}
