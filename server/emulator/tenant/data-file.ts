/** Keeps the state in one SQLite file. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type Database from "libsql";
import type { Change } from "./collection.ts";

/** Raised whenever the shape of a record changes; a file of another version is refused rather than misread. */
const fileVersion = 1;

export interface StoredRow {
  readonly collection: string;
  readonly key: string;
  readonly value: string;
}

/** Synchronous, so that an answer leaves only after its rows are in the file. */
export interface Storage {
  load(tenantId: string): StoredRow[];
  write(tenantId: string, changes: readonly Change[]): void;
  /** Writes a row of its own, which no tenant reads. Throws `UnwritableFileError`. */
  probe(): void;
  close(): void;
}

/** The file takes no rows, such as on a full disk. They are tried again with the next answer. */
export class UnwritableFileError extends Error {
  override readonly name = "UnwritableFileError";
}

/** Keeps nothing: starting without a file costs a few milliseconds. */
const memoryOnly: Storage = { load: () => [], write: () => {}, probe: () => {}, close: () => {} };

/** Opens the file; creates it and its folder when missing. Only one emulator can use a file at a time. */
export async function openStorage(data: string): Promise<Storage> {
  if (data === ":memory:") return memoryOnly;

  // Loaded only when a file is wanted: the binary costs tens of milliseconds.
  const SqliteFile = await loadSqlite();
  const lock = openDatabase(data, () => {
    makeFolder(dirname(resolve(data)));
    return new SqliteFile(`${data}.lock`);
  });
  const release = lockFile(lock, data);
  try {
    const database = openDatabase(data, () => new SqliteFile(data));
    return storageIn(database, data, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function loadSqlite(): Promise<typeof Database> {
  try {
    return (await import("libsql")).default;
  } catch (error) {
    if (!(error instanceof Error) || !/'libsql'/.test(error.message)) throw error;
    throw new Error('`data` needs libsql from npm: run "npm install --save-dev libsql".', { cause: error });
  }
}

/** One folder after the other: with `recursive`, Node does not end below a folder such as /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** The library's messages name neither the file nor a remedy. */
function openDatabase(data: string, open: () => Database.Database): Database.Database {
  try {
    return open();
  } catch (error) {
    throw new Error(`${data} cannot be opened. It must be a file in a writable folder.`, {
      cause: error,
    });
  }
}

function storageIn(database: Database.Database, data: string, release: () => void): Storage {
  try {
    prepare(database, data);
  } catch (error) {
    database.close();
    throw isFull(error) ? unwritable(data, error) : error;
  }
  const select = database.prepare(
    "SELECT collection, key, value FROM records WHERE tenant_id = ? ORDER BY rowid",
  );
  // An upsert keeps the rowid, so that loading restores the order in which records were created.
  const upsert = database.prepare(
    `INSERT INTO records (tenant_id, collection, key, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (tenant_id, collection, key) DO UPDATE SET value = excluded.value`,
  );
  const remove = database.prepare("DELETE FROM records WHERE tenant_id = ? AND collection = ? AND key = ?");

  const writeAll = (tenantId: string, changes: readonly Change[]): void => {
    for (const { collection, key, value } of changes) {
      if (value === undefined) remove.run(tenantId, collection, key);
      else upsert.run(tenantId, collection, key, JSON.stringify(value));
    }
  };

  let isDeleted = false;
  return {
    load: (tenantId) => select.all(tenantId).filter(isStoredRow),
    write(tenantId, changes) {
      inTransaction(database, data, () => writeAll(tenantId, changes));
      // SQLite keeps writing to a deleted file without an error.
      if (isDeleted || existsSync(data)) return;
      isDeleted = true;
      process.emitWarning(
        `${data} was deleted while the emulator runs. It continues from memory and loses its state when it stops. Restart it.`,
      );
    },
    probe() {
      inTransaction(database, data, () => void upsert.run(noTenant, "health", "probe", probeText));
    },
    close() {
      database.close();
      release();
    },
  };
}

/** A tenant's id is not empty. */
const noTenant = "";
/** As large as a record can usually be. */
const probeText = "x".repeat(4_096);

/** By hand: the driver's own hides the failure behind that of a ROLLBACK, which a full disk has made already. */
function inTransaction(database: Database.Database, data: string, write: () => void): void {
  try {
    // The lock first: libsql does not reset a statement that finds the file locked.
    database.exec("BEGIN IMMEDIATE");
    write();
    database.exec("COMMIT");
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw unwritable(data, error);
  }
}

function unwritable(data: string, cause: unknown): UnwritableFileError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const reason = isFull(cause) ? "the disk is full" : why;
  return new UnwritableFileError(`${data} cannot be written: ${reason}.`, { cause });
}

function isFull(error: unknown): boolean {
  return error instanceof Error && error.message.includes("disk is full");
}

/** Looks before it changes anything: the file may be another program's. */
function prepare(database: Database.Database, data: string): void {
  const found = versionOf(database, data);
  if (found !== 0 && found !== fileVersion) {
    throw new Error(
      `${data} was written by another version of the emulator (${found}). Move it away or delete it.`,
    );
  }
  // In WAL mode, committed rows survive the process being killed at any moment.
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma(`user_version = ${fileVersion}`);
  database.exec(
    `CREATE TABLE IF NOT EXISTS records (
       tenant_id TEXT NOT NULL, collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
       PRIMARY KEY (tenant_id, collection, key)
     )`,
  );
}

/** @returns 0 for an empty file */
function versionOf(database: Database.Database, data: string): number {
  const foreign = `${data} is not a state file of the emulator. Move it away or delete it.`;
  try {
    const version = versionIn(database.prepare("PRAGMA user_version").get());
    const others = database.prepare("SELECT name FROM sqlite_master WHERE tbl_name <> 'records'").all();
    if (others.length === 0 || version > fileVersion) return version;
  } catch (error) {
    throw new Error(foreign, { cause: error });
  }
  throw new Error(foreign);
}

/**
 * Refuses a second emulator on the same file, because each would overwrite the other's rows. Uses a transaction in a file
 * of its own: it ends at once (closing a database waits for the garbage collector), and also when the process is killed.
 */
function lockFile(lock: Database.Database, data: string): () => void {
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw new Error(`${data} is in use by another emulator.`, { cause: error });
  }
  return () => {
    try {
      lock.exec("COMMIT");
    } catch {
      // The lock's file was deleted.
    }
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
