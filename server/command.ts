#!/usr/bin/env node
/** `npx authsignal-passkeys`: makes the tables (or prints the SQL that does), and copies pieces of the client. */
import { parseArgs } from "node:util";
import { reportAndExit } from "./app/start-error.ts";
import { readEnvironment } from "./config/config.ts";
import { readEnvFile } from "./config/env-file.ts";
import { type VariableName, variablesIn } from "./config/variables.ts";
import { CopyError, copyPieces } from "./copy/copy-piece.ts";
import { pieces } from "./copy/pieces.ts";
import { migrateStorage, readMigrationSql } from "./storage/migrate-storage.ts";
import { StorageError } from "./storage/storage-error.ts";
import type { TableOptions } from "./storage/storage-options.ts";

const usage = `Usage: authsignal-passkeys migrate [options]
       authsignal-passkeys copy <piece>… --to <folder> [--imports <ending>] [--force]

Makes the tables of authsignal-passkeys-express, or brings them up to date. Does nothing when they are.

  --database-url <url>  postgres://…; default DATABASE_URL of the environment
  --file <path>         SQLite file, in the place of a PostgreSQL database
  --prefix <text>       begins the name of every table; default TABLE_PREFIX, else passkeys_
  --schema <name>       schema of PostgreSQL; default DATABASE_SCHEMA, else where the search path leads
  --without <tables>    leaves out tables, with commas: users, sessions, audit
  --with <tables>       adds a table that is made on request: notices
  --sql                 prints the SQL instead of running it, and changes nothing
  --help                prints this text

copy takes a piece of the client into your project, with exactly the files that it needs, and prints what to paste.
Pieces: ${Object.keys(pieces).join(", ")}.

  --to <folder>         for example src/passkeys
  --imports <ending>    of the files: ts (default), js, or none, for compilers that refuse imports of .ts (TS5097)
  --force               overwrites files that you changed
`;

try {
  process.stdout.write(await run(process.argv.slice(2)));
} catch (error) {
  if (error instanceof CopyError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  reportAndExit(
    isFaultOfOption(error) ? new StorageError(error.message.replace("openStorage: ", "")) : error,
  );
}

async function run(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      "database-url": { type: "string" },
      file: { type: "string" },
      prefix: { type: "string" },
      schema: { type: "string" },
      without: { type: "string" },
      with: { type: "string" },
      sql: { type: "boolean", default: false },
      to: { type: "string" },
      imports: { type: "string" },
      force: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return usage;
  const [command, ...rest] = positionals;
  if (command === "copy")
    return copyPieces({ names: rest, to: values.to, force: values.force, imports: values.imports });
  if (command !== "migrate" || rest.length > 0)
    throw new StorageError(`There are two commands, "migrate" and "copy".\n\n${usage}`);
  const options = readOptions(values);
  if (values.sql) return (await readMigrationSql(options)) || "-- The tables are up to date.\n";
  const ran = await migrateStorage(options);
  return ran.length === 0 ? "The tables are up to date.\n" : ran.map((name) => `Done: ${name}\n`).join("");
}

function readOptions(values: Readonly<Record<string, string | boolean | undefined>>): TableOptions {
  // Not on standard output, which may be SQL.
  if (readEnvFile() !== null)
    process.stderr.write("Reads .env too. A variable of the environment counts before it.\n");
  const env = readEnvironment();
  const { read, problems } = variablesIn(env, "local");
  const given = (name: string, variable: VariableName): string | undefined => {
    const value = values[name] ?? read(variable);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const prefix = given("prefix", "TABLE_PREFIX");
  const common = {
    ...(prefix === undefined ? {} : { tablePrefix: prefix }),
    tables: { ...tablesIn(values.without, false), ...tablesIn(values.with, true) },
  };
  if (typeof values.file === "string") {
    if (values["database-url"] !== undefined || values.schema !== undefined)
      throw new StorageError("--file is a SQLite file: leave out --database-url and --schema.");
    return { ...common, file: values.file };
  }
  const fault = problems.find((problem) => problem.startsWith("DATABASE_URL"));
  if (fault !== undefined) throw new StorageError(fault);
  const databaseUrl = given("database-url", "DATABASE_URL");
  if (databaseUrl === undefined)
    throw new StorageError(
      "Which database? Pass --database-url postgres://… or --file with the path of a SQLite file, or set DATABASE_URL.",
    );
  return { ...common, databaseUrl, schema: given("schema", "DATABASE_SCHEMA") ?? null };
}

function tablesIn(list: string | boolean | undefined, isUsed: boolean): Record<string, boolean> {
  if (typeof list !== "string") return {};
  return Object.fromEntries(list.split(",").map((table) => [table.trim(), isUsed]));
}

/** What `readStorageOptions` has to say, which is about what was typed here. */
function isFaultOfOption(error: unknown): error is TypeError {
  return error instanceof TypeError && error.message.startsWith("openStorage: ");
}
