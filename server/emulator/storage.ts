import type Database from "libsql";
import type { Change } from "./collection.ts";

/** Raised whenever the shape of a record changes; a file of another version is refused rather than misread. */
const fileVersion = 1;

export interface StoredRow {
  readonly collection: string;
  readonly key: string;
  readonly value: string;
}

/** Where acknowledged state survives. Synchronous, so that an answer leaves only after its rows are in the file. */
export interface Storage {
  load(tenantId: string): StoredRow[];
  write(tenantId: string, changes: readonly Change[]): void;
  close(): void;
}

/** Nothing to survive: what tests use, and the reason that starting costs a few milliseconds. */
const forgetful: Storage = { load: () => [], write: () => {}, close: () => {} };

/** Opens the file in WAL mode: committed rows survive the process being killed at any moment. */
export async function openStorage(data: string): Promise<Storage> {
  if (data === ":memory:") return forgetful;

  // Loaded only when a file is wanted: the binary costs tens of milliseconds.
  const { default: SqliteFile } = await import("libsql");
  const release = takeAlone(new SqliteFile(`${data}.lock`), data);
  const database = new SqliteFile(data);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  const found = versionIn(database.prepare("PRAGMA user_version").get());
  if (found !== 0 && found !== fileVersion) {
    database.close();
    release();
    throw new Error(
      `${data} was written by another version of the emulator (${found}). Move it away or delete it.`,
    );
  }
  database.pragma(`user_version = ${fileVersion}`);
  database.exec(
    `CREATE TABLE IF NOT EXISTS records (
       tenant_id TEXT NOT NULL, collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
       PRIMARY KEY (tenant_id, collection, key)
     )`,
  );
  const select = database.prepare(
    "SELECT collection, key, value FROM records WHERE tenant_id = ? ORDER BY rowid",
  );
  // An upsert keeps the rowid, so that loading restores the order in which records were created.
  const upsert = database.prepare(
    `INSERT INTO records (tenant_id, collection, key, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (tenant_id, collection, key) DO UPDATE SET value = excluded.value`,
  );
  const remove = database.prepare("DELETE FROM records WHERE tenant_id = ? AND collection = ? AND key = ?");

  const writeAll = database.transaction((tenantId: string, changes: readonly Change[]) => {
    for (const { collection, key, value } of changes) {
      if (value === undefined) remove.run(tenantId, collection, key);
      else upsert.run(tenantId, collection, key, JSON.stringify(value));
    }
  });

  return {
    load: (tenantId) => select.all(tenantId).filter(isStoredRow),
    write(tenantId, changes) {
      if (changes.length > 0) writeAll(tenantId, changes);
    },
    close() {
      database.close();
      release();
    },
  };
}

/**
 * Two emulators on one file would each trust their own memory and silently lose the other's rows: the second is refused. A
 * transaction of its own, in a file of its own, because it ends when told to (closing waits for the garbage collector), and
 * because the system ends it for a killed process.
 */
function takeAlone(lock: Database.Database, data: string): () => void {
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw new Error(`${data} is in use by another emulator.`, { cause: error });
  }
  return () => {
    lock.exec("COMMIT");
    lock.close();
  };
}

function isStoredRow(row: unknown): row is StoredRow {
  return (
    typeof row === "object" &&
    row !== null &&
    "collection" in row &&
    "key" in row &&
    "value" in row &&
    typeof row.value === "string"
  );
}

function versionIn(row: unknown): number {
  return typeof row === "object" && row !== null && "user_version" in row ? Number(row.user_version) : 0;
}
