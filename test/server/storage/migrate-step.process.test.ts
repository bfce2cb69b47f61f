/** Making the tables as a step of its own, with another role, before a start that may not. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import SqliteDatabase from "libsql";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrateStorage, readMigrationSql } from "../../../server/storage/migrate-storage.ts";
import { openStorage } from "../../../server/storage/storage.ts";
import { StorageError } from "../../../server/storage/storage-error.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";
import { type HostDatabase, namesIn, openHostDatabase } from "./host-database.ts";

const now = () => new Date();

let place: TestPlace;
let host: HostDatabase;
beforeEach(async () => {
  place = await createTestPlace();
  host = openHostDatabase(place.options);
});
afterEach(async () => {
  await host.destroy();
  await place.drop();
});

const names = () => namesIn(host, place.options);

function database() {
  const { options } = place;
  return "file" in options ? { file: options.file } : { databaseUrl: options.databaseUrl };
}

async function runSql(statements: string): Promise<void> {
  if ("file" in place.options) {
    const db = new SqliteDatabase(place.options.file);
    db.exec(statements);
    db.close();
    return;
  }
  const client = new pg.Client({ connectionString: place.options.databaseUrl });
  await client.connect();
  await client.query(statements);
  await client.end();
}

test("a start that may not make tables stops with the command, makes nothing, and works once that has run", async () => {
  const before = await names();
  const refused = openStorage({ ...place.options, tablePrefix: "own_", migrate: false, now });
  await expect(refused).rejects.toThrow(StorageError);
  await expect(refused).rejects.toThrow(/`npx authsignal-passkeys migrate --\S+ … --prefix own_` first/);
  expect(await names()).toEqual(before);

  const ran = await migrateStorage({ ...database(), tablePrefix: "own_" });
  expect(ran.length).toBeGreaterThan(3);
  expect(await migrateStorage({ ...database(), tablePrefix: "own_" })).toEqual([]);
  const storage = await openStorage({ ...place.options, tablePrefix: "own_", migrate: false, now });
  await storage.ping();
  await storage.close();
});

test("the step and the start agree about tables that are left out", async () => {
  const tables = { users: false, sessions: false };
  await migrateStorage({ ...database(), tables });
  await (await openStorage({ ...place.options, tables, migrate: false, now })).close();
  await expect(openStorage({ ...place.options, migrate: false, now })).rejects.toThrow(
    "002-users, 003-sessions",
  );
});

test("the printed SQL makes what the step makes, and printing changes nothing", async () => {
  const before = await names();
  const text = await readMigrationSql(database());
  expect(await names()).toEqual(before);
  await runSql(text);
  expect(await readMigrationSql(database())).toBe("");
  expect(await migrateStorage(database())).toEqual([]);
  const storage = await openStorage({ ...place.options, migrate: false, now });
  await createSqlUsers(storage.accounts, now).findOrCreateByEmail("ann@example.com");
  await storage.ping();
  await storage.close();
  const byHand = await names();
  await migrateStorage({ ...database(), tablePrefix: "second_" });
  const second = (await names()).filter((name) => name.includes("second_"));
  expect(second.map((name) => name.replace("second_", "passkeys_"))).toEqual(
    byHand.filter((name) => name.includes("passkeys_")),
  );
});

/** The command as it is installed, with what it says. */
async function run(...args: readonly string[]) {
  const target = join(import.meta.dirname, "../../../server/command.ts");
  const { TEST_DATABASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", target, ...args], { env, stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const [code] = await once(child, "close");
  return { code, output };
}

describe("the command", () => {
  const where = () => ("file" in place.options ? "--file" : "--database-url");
  const address = () => ("file" in place.options ? place.options.file : place.options.databaseUrl);

  test("prints, makes, and then has nothing to do", { timeout: 120_000 }, async () => {
    const printed = await run("migrate", where(), address(), "--sql", "--without", "users");
    expect(printed).toMatchObject({ code: 0, output: expect.stringMatching(/^begin;\ncreate table/) });
    expect(printed.output).not.toContain("passkeys_users");
    expect(await run("migrate", where(), address())).toMatchObject({
      code: 0,
      output: expect.stringContaining("Done: 001-flows\n"),
    });
    expect(await run("migrate", where(), address())).toEqual({
      code: 0,
      output: "The tables are up to date.\n",
    });
  });

  test.each([
    [["--help"], 0, "Usage: authsignal-passkeys migrate"],
    [["migrate"], 1, "Which database? Pass --database-url"],
    [["upgrade"], 1, 'There are two commands, "migrate" and "copy".'],
    [["migrate", "--file", "a", "--schema", "own"], 1, "--file is a SQLite file: leave out"],
    [["migrate", "--file", "a", "--without", "grants"], 1, "`tables` has only users, sessions, audit"],
    [["migrate", "--fil", "a"], 1, "Unknown option '--fil'"],
  ])("%j: answers %i with a sentence and no stack", { timeout: 60_000 }, async (args, code, sentence) => {
    const answer = await run(...args);
    expect(answer).toMatchObject({ code, output: expect.stringContaining(sentence) });
    expect(answer.output).not.toMatch(/^ {4}at /m);
    expect(existsSync("a")).toBe(false);
  });
});

describe.runIf(process.env.TEST_DATABASE_URL !== undefined)("a role without the right to make tables", () => {
  test("is refused by the database at the step, and reads and writes at the start once that has run", async () => {
    if (!("databaseUrl" in place.options)) throw new Error("This is about PostgreSQL.");
    const own = { databaseUrl: place.options.databaseUrl, schema: "own" };
    await sql`create schema own`.execute(host);
    await sql`revoke create on schema own from current_user`.execute(host);
    await expect(migrateStorage(own)).rejects.toThrow("permission denied");
    await sql`grant create on schema own to current_user`.execute(host);
    await migrateStorage(own);
    await sql`revoke create on schema own from current_user`.execute(host);
    await expect(sql`create table own.another (id text)`.execute(host)).rejects.toThrow("permission denied");

    const storage = await openStorage({ ...own, migrate: false, now });
    const ann = await createSqlUsers(storage.accounts, now).findOrCreateByEmail("ann@example.com");
    await storage.flows.keepPasskeyName(ann.id, "p", "Phone");
    await storage.limiter({ name: "rule", points: 1, seconds: 60 }).spend("key");
    await sweepExpired(storage.traffic, now(), { auditRetentionDays: 1 });
    await storage.ping();
    await storage.close();
  });
});
