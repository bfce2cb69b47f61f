/**
 * Makes our tables, all in one transaction and one start at a time, and adopts none that was there before. Kysely's own
 * migrator makes its tables outside that transaction, takes no lock in SQLite, and reads every table of the host's.
 */
import {
  CreateIndexNode,
  CreateTableNode,
  type KyselyPlugin,
  type Migration,
  type RootOperationNode,
} from "kysely";
import type { Database } from "../database.ts";
import { StorageError } from "../storage-error.ts";
import { type OwnNames, withOwnNames } from "./own-names.ts";
import { allParts, type Part, partsOnRequest } from "./parts.ts";

/** What differs between SQLite and PostgreSQL. `db` has no plugins: our names are put in here. */
export interface MigrationTarget {
  readonly db: Database;
  readonly names: OwnNames;
  /** Whether the host named the schema. */
  readonly isSchemaNamed: boolean;
  /** What has this name in the database, in the schema of these tables. */
  find(db: Database, name: string): Promise<"table" | "something else" | null>;
  /** Makes what the tables will be in, if `read` finds that it is missing: a schema. */
  prepare(read: Database, write: Database): Promise<void>;
  /** Runs, prepared, in a transaction that no other start is in at the same time; an error undoes all of it. */
  alone(run: (db: Database) => Promise<void>): Promise<void>;
  /**
   * Makes an index on a table in use without a lock, outside of a transaction, while no other start does so.
   * `isPending` is asked once more before. Null: indexes are made within the transaction.
   */
  readonly indexLater:
    | ((index: OwnIndex, isPending: (db: Database) => Promise<boolean>) => Promise<void>)
    | null;
}

/** Names without the prefix. */
export interface OwnIndex {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
}

export interface OwnMigration extends Pick<Migration, "up"> {
  /**
   * `up` makes this index and nothing else, on a table that may be large by then. Where there are tables already,
   * PostgreSQL makes it `concurrently` instead, after the other migrations.
   */
  readonly index?: OwnIndex;
  /** It makes or changes the table of this part alone. Without it: tables that are always there. */
  readonly part?: Part;
}

export type Migrations = Readonly<Record<string, OwnMigration>>;

/** Before the tables had parts, one migration made what these make now. */
const allInOne = "001-first-tables";
const firstInParts = ["001-flows", "002-users", "003-sessions", "004-audit-events"];

/**
 * @returns the names of the migrations that ran
 * @throws StorageError, with the database as it was, where our names are taken by what is not ours
 */
export async function migrate(target: MigrationTarget, migrations: Migrations): Promise<readonly string[]> {
  // Without a lock and without a right to make tables: most starts find them made.
  if ((await findPending(target, target.db, migrations)).pending.length === 0) return [];
  const making = new NamesBeingMade();
  const ran: string[] = [];
  const later: string[] = [];
  try {
    await target.alone(async (db) => {
      // Once more: another start may have been faster.
      const { isEmpty, pending } = await findPending(target, db, migrations);
      const own = withOwnNames(db, target.names).withPlugin(making);
      if (isEmpty) await createRecord(own);
      later.push(...laterThan(target, { isEmpty, pending }, migrations));
      for (const name of pending.filter((one) => !later.includes(one))) {
        await migrations[name]?.up(own);
        await own.insertInto("migrations").values({ name, timestamp: new Date().toISOString() }).execute();
        ran.push(name);
      }
    });
  } catch (error) {
    // Undone by now: what has the name of that statement was there before.
    for (const name of making.names) {
      if ((await target.find(target.db, name)) !== null) throw nameTaken(target.names, name);
    }
    throw error;
  }
  for (const name of later) if (await makeLater(target, migrations, name)) ran.push(name);
  return ran;
}

/** The migrations that make an index on a table which may be in use and large. */
export function laterThan(
  { indexLater }: Pick<MigrationTarget, "indexLater">,
  { isEmpty, pending }: Pending,
  migrations: Migrations,
): readonly string[] {
  if (isEmpty || indexLater === null) return [];
  return pending.filter((name) => migrations[name]?.index !== undefined);
}

async function makeLater(target: MigrationTarget, migrations: Migrations, name: string): Promise<boolean> {
  const index = migrations[name]?.index;
  if (index === undefined || target.indexLater === null) return false;
  let isMade = false;
  const isPending = async (db: Database): Promise<boolean> => {
    isMade = (await findPending(target, db, migrations)).pending.includes(name);
    return isMade;
  };
  await target.indexLater(index, isPending).catch((error: unknown) => {
    // The name is that of something else: an own index of this name would have been taken for made.
    const isTaken = error instanceof Error && "code" in error && error.code === "42P07";
    throw isTaken ? nameTaken(target.names, target.names.prefix + index.name) : error;
  });
  if (!isMade) return false;
  const own = withOwnNames(target.db, target.names);
  await own
    .insertInto("migrations")
    .values({ name, timestamp: new Date().toISOString() })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  return true;
}

/** @throws StorageError that names the command, where a migration has to run and the start may run none */
export async function requireMigrated(target: MigrationTarget, migrations: Migrations): Promise<void> {
  const { pending } = await findPending(target, target.db, migrations);
  if (pending.length === 0) return;
  const { prefix, schema, leftOut } = target.names;
  const flags = [
    schema === null ? " --file …" : " --database-url …",
    prefix === "passkeys_" ? "" : ` --prefix ${prefix}`,
    schema === null || !target.isSchemaNamed ? "" : ` --schema ${schema}`,
    flagOf(
      "without",
      [...leftOut].filter((part) => !partsOnRequest.has(part)),
    ),
    flagOf(
      "with",
      allParts.filter((part) => partsOnRequest.has(part) && !leftOut.has(part)),
    ),
  ].join("");
  throw new StorageError(
    `The tables "${prefix}…" are not up to date (${pending.join(", ")}), and this start may not change them: run \`npx authsignal-passkeys migrate${flags}\` first.`,
  );
}

function flagOf(name: "with" | "without", parts: readonly Part[]): string {
  return parts.length === 0 ? "" : ` --${name} ${parts.join(",")}`;
}

export interface Pending {
  /** None of these tables is there, nor the record of migrations. */
  readonly isEmpty: boolean;
  /** The migrations that have to run, in their order. */
  readonly pending: readonly string[];
}

export async function findPending(
  { names, find }: MigrationTarget,
  db: Database,
  migrations: Migrations,
): Promise<Pending> {
  const known = Object.keys(migrations).sort();
  const isUsed = (name: string): boolean => {
    const part = migrations[name]?.part;
    return part === undefined || !names.leftOut.has(part);
  };
  const record = `${names.prefix}migrations`;
  const found = await find(db, record);
  if (found === null) return { isEmpty: true, pending: known.filter(isUsed) };
  if (found !== "table") throw nameTaken(names, record);
  // A host's table may be of any length and have any columns.
  const rows = await withOwnNames(db, names).selectFrom("migrations").selectAll().limit(1000).execute();
  const executed = rows.flatMap(({ name }) => (name === allInOne ? firstInParts : [name]));
  // Record and first migration are made in one transaction.
  if (!executed.some((name) => name === known[0])) throw nameTaken(names, record);
  const unknown = executed.find((name) => !known.includes(name) && !worksWithout(name, known));
  if (unknown !== undefined)
    throw new StorageError(
      `The tables "${names.prefix}…" are of a newer version, whose migration "${unknown}" this one cannot work with: start that version or a later one.`,
    );
  return { isEmpty: false, pending: known.filter((name) => isUsed(name) && !executed.includes(name)) };
}

/**
 * A newer version has run a migration that this one does not know. That stops no start, so that an old instance may
 * restart while a new version is rolled out, and a release may be rolled back, unless its name says which migration a
 * version has to know to work with it: `012-drop-old-names@010-new-names`.
 */
function worksWithout(newer: string, known: readonly string[]): boolean {
  const [name = "", needed] = newer.split("@");
  const isNewer = known.every((one) => one < name);
  return isNewer && (needed === undefined || known.includes(needed));
}

export async function createRecord(db: Database): Promise<void> {
  await db.schema
    .createTable("migrations")
    .addColumn("name", "varchar(255)", (column) => column.primaryKey())
    .addColumn("timestamp", "varchar(255)", (column) => column.notNull())
    .execute();
}

function nameTaken({ prefix, schema }: OwnNames, name: string): StorageError {
  const where = schema === null ? "The database" : `The schema "${schema}" of the database`;
  return new StorageError(
    `${where} has a table or index "${name}" that this package did not make. Nothing was changed: pass openStorage another \`tablePrefix\` than "${prefix}", remove "${name}", or use another database.`,
  );
}

/** Keeps the names that the newest `create` statement gives. */
class NamesBeingMade implements KyselyPlugin {
  names: readonly string[] = [];

  transformQuery({ node }: { readonly node: RootOperationNode }): RootOperationNode {
    if (CreateIndexNode.is(node)) this.names = [node.name.name];
    else if (CreateTableNode.is(node)) {
      const keys = (node.constraints ?? []).flatMap(({ name }) => (name === undefined ? [] : [name.name]));
      this.names = [node.table.table.identifier.name, ...keys];
    } else this.names = [];
    return node;
  }

  async transformResult<Result>({ result }: { readonly result: Result }): Promise<Result> {
    return result;
  }
}
