/**
 * Releases: an instance of the version before works on newer tables, and a newer one on older tables, which it brings up to
 * date while the others go on writing. The version before is the list of migrations without the last ones.
 */
import { sql } from "kysely";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SqlBackEnd } from "../../../server/storage/database.ts";
import { openPostgres } from "../../../server/storage/drivers/postgres.ts";
import { openSqlite } from "../../../server/storage/drivers/sqlite.ts";
import { readMigrationSql } from "../../../server/storage/migrate-storage.ts";
import { openStorage } from "../../../server/storage/storage.ts";
import type { Migrations } from "../../../server/storage/tables/migrate.ts";
import { migrations } from "../../../server/storage/tables/migrations.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";
import { type HostDatabase, openHostDatabase } from "./host-database.ts";

const now = () => new Date();
const names = Object.keys(migrations).sort();
/** As many as there are versions to begin with: without the first there are no tables. */
const versions = names.slice(1).map((_, at) => at + 1);

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

function open(own: Migrations): Promise<SqlBackEnd> {
  const common = { tablePrefix: "passkeys_", migrations: own };
  return "file" in place.options
    ? openSqlite({ ...common, file: place.options.file })
    : openPostgres({ ...common, database: { url: place.options.databaseUrl }, schema: null });
}

function upTo(count: number): Migrations {
  return Object.fromEntries(
    names.slice(0, count).map((name) => [name, migrations[name] ?? {}]),
  ) as Migrations;
}

/** Every table with its columns, as far as the version knows them. */
async function columnsOf(): Promise<ReadonlyMap<string, readonly { name: string; isNumber: boolean }[]>> {
  const tables = await host.introspection.getTables();
  return new Map(
    tables
      .filter(({ name }) => name.startsWith("passkeys_") && name !== "passkeys_migrations")
      .map(({ name, columns }) => [
        name,
        columns.map((column) => ({ name: column.name, isNumber: /int/i.test(column.dataType) })),
      ]),
  );
}

describe("a release", () => {
  test.each(versions)(
    "A version that knows %i migrations starts on the newest tables, and its rows fit in",
    async (count) => {
      const older = await open(upTo(count));
      const known = await columnsOf();
      await older.close();
      const newest = await open(migrations);
      const again = await open(upTo(count));
      for (const [table, columns] of known) {
        const row = Object.fromEntries(columns.map(({ name, isNumber }) => [name, isNumber ? 1 : "x"]));
        await host.insertInto(table).values(row).execute();
      }
      await again.close();
      await newest.close();
    },
  );

  test.each(versions)(
    "The newest version brings the tables of %i migrations up to date when three instances start at once",
    async (count) => {
      await (await open(upTo(count))).close();
      const started = await Promise.all([1, 2, 3].map(() => open(migrations)));
      for (const one of started) await one.close();
      const rows = await host.selectFrom("passkeys_migrations").select("name").orderBy("name").execute();
      expect(rows.map(({ name }) => name)).toEqual(names);
    },
  );

  test("Three first starts at once on an empty database all work", async () => {
    const started = await Promise.all([1, 2, 3].map(() => openStorage({ ...place.options, now })));
    for (const one of started) await one.ping();
    for (const one of started) await one.close();
  });
});

describe.runIf(process.env.TEST_DATABASE_URL !== undefined)(
  "an index on a table of PostgreSQL in use",
  () => {
    async function connect(): Promise<pg.Client> {
      if (!("databaseUrl" in place.options)) throw new Error("This is about PostgreSQL.");
      const client = new pg.Client({ connectionString: place.options.databaseUrl });
      await client.connect();
      return client;
    }
    const insert = (id: string) => `insert into passkeys_passkey_browsers values ('${id}', 'u', 1)`;
    const before = upTo(names.indexOf("010-browsers-of-users"));

    test("An index that a new version needs is made while others write, and no write waits for it", async () => {
      await (await open(before)).close();
      const [writer, other] = [await connect(), await connect()];
      await writer.query("begin");
      await writer.query(insert("uncommitted"));
      const starting = open(migrations);
      const running =
        "select count(*)::int as count from pg_stat_activity where query like 'create index concurrently%' and state = 'active' and datname = current_database()";
      await expect.poll(async () => (await other.query(running)).rows[0].count).toBe(1);
      // A usual `create index` would wait for the writer, and this for the index.
      await other.query("set lock_timeout = 2000");
      await other.query(insert("meanwhile"));
      await writer.query("commit");
      await (await starting).close();
      const valid = "select indisvalid from pg_index where indexrelid = $1::regclass";
      const { rows } = await other.query(valid, ["passkeys_passkey_browsers_user_id"]);
      expect(rows).toEqual([{ indisvalid: true }]);
      await writer.end();
      await other.end();
    });

    test("An index whose making was cut short is made anew, and one that was made by hand is taken", async () => {
      for (const isValid of [false, true]) {
        await sql`drop schema public cascade`.execute(host);
        await sql`create schema public`.execute(host);
        await (await open(before)).close();
        const client = await connect();
        if (isValid) {
          await client.query(
            "create index passkeys_passkey_browsers_user_id on passkeys_passkey_browsers (user_id)",
          );
        } else {
          // It fails over the two rows and leaves an index that is not valid.
          await client.query(`${insert("one")}; ${insert("two")}`);
          const failing =
            "create unique index concurrently passkeys_passkey_browsers_user_id on passkeys_passkey_browsers (user_id)";
          await expect(client.query(failing)).rejects.toThrow(/could not create unique index/);
        }
        await (await open(migrations)).close();
        const valid = await client.query(
          "select indisvalid, indisunique from pg_index where indexrelid = 'passkeys_passkey_browsers_user_id'::regclass",
        );
        expect(valid.rows).toEqual([{ indisvalid: true, indisunique: false }]);
        await client.end();
      }
    });

    test("The printed SQL makes the index apart from the transaction", async () => {
      await (await open(before)).close();
      if (!("databaseUrl" in place.options)) throw new Error("This is about PostgreSQL.");
      const printed = await readMigrationSql({ databaseUrl: place.options.databaseUrl });
      const outside = printed.replace(/^begin;$[\s\S]*?^commit;$/gm, "").trim();
      expect(outside).toMatch(/^create index concurrently "passkeys_passkey_browsers_user_id"/);
      expect(outside).not.toMatch(/^begin/m);
    });
  },
);
