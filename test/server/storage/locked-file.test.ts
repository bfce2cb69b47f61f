/** Another process holds the SQLite file's lock: what fails leaves nothing behind, and what works later is committed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "libsql";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SqlBackEnd } from "../../../server/storage/database.ts";
import { openSqlite } from "../../../server/storage/drivers/sqlite.ts";
import { createStatements } from "../../../server/storage/drivers/sqlite-statements.ts";
import { migrations } from "../../../server/storage/tables/migrations.ts";

let folder: string;
let backEnd: SqlBackEnd;
let other: SqliteDatabase.Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "locked-"));
  const file = join(folder, "app.sqlite");
  backEnd = await openSqlite({ file, tablePrefix: "passkeys_", migrations, notify: () => {} });
  other = new SqliteDatabase(file);
});
afterEach(async () => {
  other.close();
  await backEnd.close();
  await rm(folder, { recursive: true });
});

const unavailable = { code: "upstream_unavailable", status: 503 };

function addUser(id: string): Promise<unknown> {
  const row = { id, email: `${id}@example.com`, created_at: new Date(0).toISOString() };
  return backEnd.accounts.insertInto("users").values(row).execute();
}

function addUserInTransaction(id: string): Promise<unknown> {
  const row = { id, email: `${id}@example.com`, created_at: new Date(0).toISOString() };
  return backEnd.accounts.transaction().execute(async (transaction) => {
    await transaction.selectFrom("users").selectAll().execute();
    await transaction.insertInto("users").values(row).execute();
  });
}

/** As another process sees it, so what is committed. */
function committedUsers(): readonly unknown[] {
  return other.prepare("select id from passkeys_users order by id").pluck().all();
}

test.each([
  ["alone", addUser],
  ["in a transaction", addUserInTransaction],
])(
  "A write %s that found the file locked is never made, and later ones are committed at once",
  async (_, add) => {
    await add("before");
    other.exec("BEGIN IMMEDIATE");
    await expect(add("refused")).rejects.toMatchObject(unavailable);
    other.exec("ROLLBACK");
    await add("later");
    expect(committedUsers()).toEqual(["before", "later"]);
    await add("last");
    expect(committedUsers()).toEqual(["before", "last", "later"]);
    other.exec("DELETE FROM passkeys_users");
  },
);

test("A limit counts the calls that were answered, and none that found the file locked", async () => {
  const limiter = backEnd.limiter({ name: "test", points: 1, seconds: 60 });
  other.exec("BEGIN IMMEDIATE");
  await expect(limiter.spend("refused")).rejects.toMatchObject(unavailable);
  other.exec("ROLLBACK");
  expect(await limiter.spend("later")).toBe(0);
  expect(await limiter.spend("refused")).toBe(0);
  expect(await limiter.spend("later")).toBeGreaterThan(0);
});

test("Of the writes that meet a long lock only the first waits for it in full, and none once it is gone", () => {
  const sqlite = new SqliteDatabase(join(folder, "app.sqlite"));
  sqlite.exec("PRAGMA busy_timeout = 1000");
  const sent = vi.spyOn(sqlite, "exec");
  const { prepare } = createStatements(sqlite);
  const write = () => {
    sent.mockClear();
    try {
      prepare("DELETE FROM passkeys_users").run();
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^SQLITE_BUSY/) });
    }
    return sent.mock.calls.map(([statement]) => statement);
  };
  const [short, usual] = ["PRAGMA busy_timeout = 50", "PRAGMA busy_timeout = 1000"];
  other.exec("BEGIN IMMEDIATE");
  expect(write()).toEqual(["BEGIN IMMEDIATE"]);
  expect(write()).toEqual([short, "BEGIN IMMEDIATE", usual]);
  expect(write()).toEqual([short, "BEGIN IMMEDIATE", usual]);
  other.exec("ROLLBACK");
  expect(write()).toEqual([short, "BEGIN IMMEDIATE", usual, "COMMIT"]);
  expect(write()).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
  sqlite.close();
});

test("A write that is told not to wait makes the next ones wait no less", () => {
  const sqlite = new SqliteDatabase(join(folder, "app.sqlite"));
  const sent = vi.spyOn(sqlite, "exec");
  const { prepare, withoutWaiting } = createStatements(sqlite);
  const write = () => void prepare("DELETE FROM passkeys_users").run();
  other.exec("BEGIN IMMEDIATE");
  expect(() => withoutWaiting(write)).toThrow(expect.objectContaining({ code: "SQLITE_BUSY" }));
  other.exec("ROLLBACK");
  sent.mockClear();
  write();
  expect(sent.mock.calls.flat()).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
  sqlite.close();
});
