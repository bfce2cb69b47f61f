/** Making the tables as a step of its own, for a start whose role may not: `openStorage({ migrate: false })`. */
import { readStorageOptions, type TableOptions } from "./storage-options.ts";
import { type MigrationTarget, migrate } from "./tables/migrate.ts";
import { writeMigrationSql } from "./tables/migration-sql.ts";
import { migrations } from "./tables/migrations.ts";

/**
 * Makes our tables, and does nothing when they are up to date. Pass what `openStorage` is given.
 * @returns the names of the migrations that ran
 * @throws TypeError and StorageError as `openStorage` does
 */
export async function migrateStorage(options: TableOptions): Promise<readonly string[]> {
  return withTarget(options, true, (target) => migrate(target, migrations));
}

/**
 * Changes nothing: reads what is there.
 * @returns SQL that does what `migrateStorage` would do, in one transaction; empty when there is nothing to do
 */
export async function readMigrationSql(options: TableOptions): Promise<string> {
  return withTarget(options, false, (target) => writeMigrationSql(target, migrations));
}

async function withTarget<Result>(
  options: TableOptions,
  makesFile: boolean,
  use: (target: MigrationTarget) => Promise<Result>,
): Promise<Result> {
  const { database, tablePrefix, leftOut, schema } = readStorageOptions({
    ...options,
    now: () => new Date(),
  });
  const own = { tablePrefix, leftOut, migrations, notify: () => {} };
  if ("file" in database) {
    const { withSqliteTarget } = await import("./drivers/sqlite.ts");
    return withSqliteTarget({ ...own, file: database.file }, makesFile, use);
  }
  const { withPostgresTarget } = await import("./drivers/postgres.ts");
  return withPostgresTarget({ ...own, database, schema }, use);
}
