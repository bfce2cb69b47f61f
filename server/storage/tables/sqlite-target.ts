/** How our tables are made in a SQLite file, which may be the host's own. */
import { setTimeout as wait } from "node:timers/promises";
import { sql } from "kysely";
import type { Database as Connection } from "libsql";
import type { Database } from "../database.ts";
import type { MigrationTarget } from "./migrate.ts";
import type { OwnNames } from "./own-names.ts";

const patienceMs = 30_000;

/** @param db queries on `connection` */
export function sqliteTarget(connection: Connection, db: Database, names: OwnNames): MigrationTarget {
  return {
    db,
    names,
    isSchemaNamed: false,
    async find(on, name) {
      // As SQLite compares names: `Passkeys_Users` is in the way as well.
      const { rows } = await sql<{ type: string }>`
        select type from sqlite_master where name = ${name} collate nocase`.execute(on);
      const type = rows[0]?.type;
      return type === undefined ? null : type === "table" ? "table" : "something else";
    },
    async prepare() {},
    // SQLite has one writer at a time, and the instances of a file start together.
    indexLater: null,
    async alone(run) {
      await patiently(connection, "BEGIN IMMEDIATE");
      try {
        await run(db);
        connection.exec("COMMIT");
      } catch (error) {
        // A full disk has undone it already.
        if (connection.inTransaction) connection.exec("ROLLBACK");
        throw error;
      }
    },
  };
}

/** How long SQLite waits for others by itself, blocking the thread: writes of other processes are short. */
export const busyTimeout = "PRAGMA busy_timeout = 1000";

/**
 * Waits until no other start is at work on the file, without blocking the thread: that start may be one of this process,
 * and could never end.
 */
export async function patiently(connection: Connection, statement: string): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  connection.exec("PRAGMA busy_timeout = 0");
  try {
    while (!isDone(connection, statement, giveUpAt)) await wait(10);
  } finally {
    connection.exec(busyTimeout);
  }
}

function isDone(connection: Connection, statement: string, giveUpAt: number): boolean {
  try {
    connection.exec(statement);
    return true;
  } catch (error) {
    if (isBusy(error) && Date.now() < giveUpAt) return false;
    throw error;
  }
}

/** Another process holds the lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}
