/** Queries that are compiled once, over the storage that the suite has. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileOnce, type SlotOf } from "../../../server/storage/compiled.ts";
import { openStorage, type Storage } from "../../../server/storage/storage.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";

let place: TestPlace;
let storage: Storage;
beforeEach(async () => {
  place = await createTestPlace();
  storage = await openStorage({ ...place.options, now: () => new Date() });
});
afterEach(async () => {
  await storage.close();
  await place.drop();
});

function names() {
  const db = storage.accounts;
  return {
    insert: compileOnce(db, (slot: SlotOf<{ user: string; passkey: string; name: string }>) =>
      db
        .insertInto("passkey_names")
        .values({ user_id: slot("user"), passkey_id: slot("passkey"), name: slot("name") }),
    ),
    rename: compileOnce(db, (slot: SlotOf<{ user: string; name: string }>) =>
      db
        .updateTable("passkey_names")
        .set({ name: slot("name") })
        .where("user_id", "=", slot("user")),
    ),
    find: compileOnce(db, (slot: SlotOf<{ user: string }>) =>
      db.selectFrom("passkey_names").select("name").where("user_id", "=", slot("user")).orderBy("passkey_id"),
    ),
  };
}

test("A compiled query runs each time with the values of that call, also when calls are under way at once", async () => {
  const { insert, find } = names();
  await Promise.all(
    ["jane", "joe"].map((user) => insert({ user, passkey: "one", name: `the key of ${user}` })),
  );
  const found = await Promise.all(["joe", "jane", "nobody"].map((user) => find({ user })));
  expect(found.map(({ rows }) => rows.map(({ name }) => name))).toEqual([
    ["the key of joe"],
    ["the key of jane"],
    [],
  ]);
});

test("A compiled update says how many rows it has changed", async () => {
  const { insert, rename, find } = names();
  await insert({ user: "jane", passkey: "one", name: "a" });
  await insert({ user: "jane", passkey: "two", name: "b" });
  expect(await rename({ user: "jane", name: "same" })).toMatchObject({ changed: 2 });
  expect(await rename({ user: "joe", name: "same" })).toMatchObject({ changed: 0 });
  expect((await find({ user: "jane" })).rows).toMatchObject([{ name: "same" }, { name: "same" }]);
});
