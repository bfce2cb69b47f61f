/** The prefix reaches every kind of name that a query or a later migration may use. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../../../server/storage/database.ts";
import { openPostgres } from "../../../server/storage/drivers/postgres.ts";
import { openSqlite } from "../../../server/storage/drivers/sqlite.ts";
import type { Migrations } from "../../../server/storage/tables/migrate.ts";
import { migrations } from "../../../server/storage/tables/migrations.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";
import { createHostTables, type HostDatabase, namesIn, openHostDatabase } from "./host-database.ts";

let place: TestPlace;
let host: HostDatabase;
beforeEach(async () => {
  place = await createTestPlace();
  host = openHostDatabase(place.options);
  await createHostTables(host);
});
afterEach(async () => {
  await host.destroy();
  await place.drop();
});

async function open(own: Migrations) {
  const common = { tablePrefix: "own_", migrations: own };
  return "file" in place.options
    ? openSqlite({ ...common, file: place.options.file })
    : openPostgres({ ...common, database: { url: place.options.databaseUrl }, schema: null });
}

const addDaysAgo = (db: Database, id: string, days: number) =>
  db
    .insertInto("audit_events")
    .values({ id, at: String(days), event: "e", user_id: null, request_id: null, facts: "{}" })
    .execute();

test("aliases, joins, queries within queries and conflicts find our tables, beside a host's of the same name", async () => {
  const { traffic: db, close } = await open(migrations);
  try {
    await db.insertInto("users").values({ id: "u", email: "e", created_at: "" }).execute();
    await db.insertInto("passkey_names").values({ user_id: "u", passkey_id: "p", name: "n" }).execute();
    const joined = await db
      .selectFrom("users as person")
      .innerJoin("passkey_names", "passkey_names.user_id", "person.id")
      .where("person.id", "in", db.selectFrom("passkey_names as n").select("n.user_id"))
      .where((eb) =>
        eb.exists(eb.selectFrom("users").whereRef("users.id", "=", "person.id").select("users.id")),
      )
      .select(["person.email", "passkey_names.name"])
      .execute();
    expect(joined.map(({ email, name }) => [email, name])).toEqual([["e", "n"]]);

    const insert = { challenge_id: "c", attempts: 2, expires_at: 0 };
    for (const attempts of [3, 7]) {
      await db
        .insertInto("otp_attempts")
        .values({ ...insert, attempts })
        .onConflict((conflict) =>
          conflict.column("challenge_id").doUpdateSet((eb) => ({
            attempts: eb("otp_attempts.attempts", "+", eb.ref("excluded.attempts")),
          })),
        )
        .execute();
    }
    const { attempts } = await db.selectFrom("otp_attempts").selectAll().executeTakeFirstOrThrow();
    expect(attempts).toBe(10);

    await addDaysAgo(db, "1", 1);
    const old = db.selectFrom("audit_events").select("id").where("at", "<", "2");
    const counted = await db
      .with("old", () => old)
      .selectFrom("old")
      .select((eb) => eb.fn.countAll().as("count"))
      .executeTakeFirstOrThrow();
    expect(Number(counted.count)).toBe(1);
    await db.deleteFrom("audit_events").where("id", "in", old).execute();
    expect(await db.selectFrom("audit_events").selectAll().execute()).toEqual([]);
  } finally {
    await close();
  }
});

test("a later migration may rebuild a table: foreign keys, renamed tables, keys and indexes are named after us", async () => {
  const before = await namesIn(host, place.options);
  const later: Migrations = {
    ...migrations,
    "900-rebuild": {
      async up(db) {
        await db.schema
          .createTable("new_grants")
          .addColumn("id", "text", (column) => column.primaryKey())
          .addColumn("user_id", "text", (column) => column.references("users.id").onDelete("cascade"))
          .addColumn("action", "text")
          .addUniqueConstraint("grants_user_action", ["user_id", "action"])
          .execute();
        await db
          .insertInto("new_grants")
          .columns(["id", "action"])
          .expression(db.selectFrom("grants").select(["id", "action"]))
          .execute();
        await db.schema.dropIndex("grants_session_id").execute();
        await db.schema.dropTable("grants").execute();
        await db.schema.alterTable("new_grants").renameTo("grants").execute();
        await db.schema.alterTable("grants").addColumn("note", "text").execute();
        await db.schema.createIndex("grants_by_note").on("grants").column("note").execute();
      },
    },
  };
  await (await open(migrations)).close();
  const { traffic, close } = await open(later);
  await traffic.deleteFrom("grants").execute();
  await close();
  const after = await namesIn(host, place.options);
  expect(after).toEqual(expect.arrayContaining([...before]));
  const made = after.filter((name) => !before.includes(name));
  expect(made.filter((name) => !/^(public\.|sqlite_autoindex_)?own_/.test(name))).toEqual([]);
  expect(made.join()).toContain("own_grants_by_note");
  expect(made.join()).not.toContain("own_grants_session_id");
});
