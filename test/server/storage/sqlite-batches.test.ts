/** The writes of one turn of the event loop, in a file of its own, which another connection looks into. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, SqliteDialect } from "kysely";
import SqliteDatabase from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BatchingDriver } from "../../../server/storage/drivers/sqlite-batches.ts";
import { createStatements } from "../../../server/storage/drivers/sqlite-statements.ts";

interface Tables {
  readonly notes: { readonly id: number; readonly text: string };
}

let folder: string;
let own: SqliteDatabase.Database;
let other: SqliteDatabase.Database;
let db: Kysely<Tables>;
/** What begins and ends transactions, in order. */
let controls: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "batches-"));
  const file = join(folder, "notes.sqlite");
  own = new SqliteDatabase(file);
  own.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 0");
  own.exec("create table notes (id integer primary key, text text not null)");
  other = new SqliteDatabase(file);
  controls = [];
  const watched: typeof own = Object.create(own, {
    exec: {
      value: (sql: string) => {
        controls.push(sql);
        own.exec(sql);
      },
    },
    prepare: { value: (sql: string) => own.prepare(sql) },
    inTransaction: { get: () => own.inTransaction },
  });
  const statements = createStatements(watched);
  const dialect = new SqliteDialect({ database: { ...statements, close: () => void own.close() } });
  db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createDriver: () => new BatchingDriver(dialect.createDriver(), statements),
      createIntrospector: (kysely) => dialect.createIntrospector(kysely),
      createQueryCompiler: () => dialect.createQueryCompiler(),
    },
  });
});
afterEach(async () => {
  await db.destroy();
  if (own.open) own.close();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

const insert = (id: number) => db.insertInto("notes").values({ id, text: "text" }).execute();
const idsSeenByOthers = () =>
  other
    .prepare<{ id: number }[]>("select id from notes order by id")
    .all()
    .map((row) => (typeof row === "object" && row !== null && "id" in row ? row.id : null));

test("Writes that come in one turn are committed in one transaction, and each is answered when others can see it", async () => {
  await Promise.all([1, 2, 3].map((id) => insert(id).then(() => expect(idsSeenByOthers()).toContain(id))));
  expect(idsSeenByOthers()).toEqual([1, 2, 3]);
  expect(controls).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
});

test("A write that the database refuses fails alone, and the others of its turn are committed", async () => {
  await insert(2);
  const outcomes = await Promise.allSettled([insert(1), insert(2), insert(3)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(idsSeenByOthers()).toEqual([1, 2, 3]);
});

test("While another process holds the lock the writes of a turn fail at once, and leave nothing behind", async () => {
  other.exec("BEGIN IMMEDIATE");
  const outcomes = await Promise.allSettled([insert(1), insert(2)]);
  other.exec("COMMIT");
  expect(outcomes).toMatchObject([
    { status: "rejected", reason: { code: "SQLITE_BUSY" } },
    { status: "rejected", reason: { code: "SQLITE_BUSY" } },
  ]);
  await insert(3);
  expect(idsSeenByOthers()).toEqual([3]);
});

test("A query that is not of a transaction waits until that has ended, and is not undone with it", async () => {
  const failed = db.transaction().execute(async (transaction) => {
    await transaction.insertInto("notes").values({ id: 1, text: "undone" }).execute();
    const outside = insert(2);
    const read = db.selectFrom("notes").select("id").execute();
    await new Promise((resolve) => setImmediate(resolve));
    expect(idsSeenByOthers()).toEqual([]);
    throw Object.assign(new Error("The transaction is given up."), { outside, read });
  });
  const error = await failed.then(
    () => expect.unreachable(),
    (thrown) => thrown,
  );
  expect(await error.read).not.toContainEqual({ id: 1 });
  await error.outside;
  expect(idsSeenByOthers()).toEqual([2]);
});

test("Two transactions at once run one after the other", async () => {
  const add = (id: number) =>
    db.transaction().execute(async (transaction) => {
      const before = await transaction.selectFrom("notes").select("id").execute();
      await new Promise((resolve) => setImmediate(resolve));
      await transaction
        .insertInto("notes")
        .values({ id, text: `after ${before.length}` })
        .execute();
    });
  await Promise.all([add(1), add(2)]);
  const rows = await db.selectFrom("notes").select("text").orderBy("text").execute();
  expect(rows).toMatchObject([{ text: "after 0" }, { text: "after 1" }]);
});

test("Closing commits the writes that are queued", async () => {
  const written = insert(1);
  await db.selectFrom("notes").select("id").execute();
  await db.destroy();
  await written;
  expect(idsSeenByOthers()).toEqual([1]);
});
