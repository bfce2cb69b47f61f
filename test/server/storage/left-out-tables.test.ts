/** A host with users and sessions of its own has no tables of ours for them, and everything else works. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStorage } from "../../../server/storage/storage.ts";
import { StorageError } from "../../../server/storage/storage-error.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";
import { type HostDatabase, namesIn, openHostDatabase } from "./host-database.ts";

const now = () => new Date();
const none = { users: false, sessions: false, audit: false };
const optional = ["users", "sessions", "audit_events"];

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

async function optionalTables(): Promise<readonly string[]> {
  const names = await namesIn(host, place.options);
  return optional.filter((table) =>
    names.some((name) => name.replace("public.", "") === `passkeys_${table}`),
  );
}

async function open(tables: { users?: boolean; sessions?: boolean; audit?: boolean }) {
  return openStorage({ ...place.options, tables, now });
}

test("tables that are left out are not made, and the check and the sweep do without them", async () => {
  const storage = await open(none);
  await storage.ping();
  await storage.flows.consumeToken("token", new Date(0));
  await sweepExpired(storage.traffic, now(), { auditRetentionDays: 1 });
  expect(await storage.flows.consumeToken("token", new Date(0))).toBe(true);
  await storage.close();
  expect(await optionalTables()).toEqual([]);
});

test("what needs a table that was left out is refused with a sentence that names the option", async () => {
  const storage = await open(none);
  const users = createSqlUsers(storage.accounts, now);
  await expect(users.findOrCreateByEmail("ann@example.com")).rejects.toThrow(StorageError);
  await expect(users.findById("u")).rejects.toThrow("tables: { users: false }");
  const event = { id: randomUUID(), at: "", event: "e", user_id: null, request_id: null, facts: "{}" };
  await expect(storage.traffic.insertInto("audit_events").values(event).execute()).rejects.toThrow(
    "tables: { audit: false }",
  );
  await storage.close();
});

test("a table that is asked for later is made then, and stays when it is no longer asked for", async () => {
  await (await open(none)).close();
  const storage = await open({ users: true, sessions: false, audit: false });
  const ann = await createSqlUsers(storage.accounts, now).findOrCreateByEmail("ann@example.com");
  await storage.close();
  expect(await optionalTables()).toEqual(["users"]);

  await (await open(none)).close();
  const whole = await open({});
  expect(await createSqlUsers(whole.accounts, now).findById(ann.id)).toEqual(ann);
  await whole.ping();
  await whole.close();
  expect(await optionalTables()).toEqual(optional);
});

test("two starts that leave out different tables work side by side", async () => {
  const opened = await Promise.all([
    open({ users: false }),
    open({ sessions: false }),
    open({ audit: false }),
  ]);
  for (const storage of opened) await storage.ping();
  for (const storage of opened) await storage.close();
  expect(await optionalTables()).toEqual(optional);
});

test("tables that were made at once, before they had parts, are found", async () => {
  const storage = await open({});
  const ann = await createSqlUsers(storage.accounts, now).findOrCreateByEmail("ann@example.com");
  await storage.close();
  // The migrations after these have changed the tables, as they would have then.
  await host.deleteFrom("passkeys_migrations").where("name", "<", "005").execute();
  await host
    .insertInto("passkeys_migrations")
    .values({ name: "001-first-tables", timestamp: now().toISOString() })
    .execute();
  const later = await open({});
  expect(await createSqlUsers(later.accounts, now).findById(ann.id)).toEqual(ann);
  await later.close();
});
