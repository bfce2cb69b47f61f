/** A PostgreSQL pool that is the host's: we work on its connections, and leave it as it was. */
import { setImmediate as aTurn } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStorage, type Storage } from "../../../server/storage/storage.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";

const now = () => new Date();
const soon = () => new Date(Date.now() + 60_000);

describe.runIf(process.env.TEST_DATABASE_URL !== undefined)("a pool of the host's", () => {
  let place: TestPlace;
  let pool: pg.Pool;
  beforeEach(async () => {
    place = await createTestPlace();
    pool = newPool();
  });
  afterEach(async () => {
    if (!pool.ended) await pool.end();
    await place.drop();
  });

  function newPool(more: pg.PoolConfig = {}): pg.Pool {
    if (!("databaseUrl" in place.options)) throw new Error("This is about PostgreSQL.");
    return new pg.Pool({ connectionString: place.options.databaseUrl, ...more });
  }

  async function useStorage(storage: Storage): Promise<void> {
    const { accounts, flows, limiter, sessionStore, traffic } = storage;
    const user = await createSqlUsers(accounts, now).findOrCreateByEmail("ann@example.com");
    await flows.keepPasskeyName(user.id, "p", "Phone");
    expect(await flows.passkeyNames(user.id)).toEqual(new Map([["p", "Phone"]]));
    await flows.keepOfferAnswer(user.id, { declined: 2, never: true, answeredAt: new Date(0) });
    expect(await flows.offerAnswer(user.id)).toEqual({ declined: 2, never: true, answeredAt: new Date(0) });
    await flows.countOtpAttempt("c", soon());
    expect(await flows.countOtpAttempt("c", soon())).toBe(2);
    const limit = limiter({ name: "rule", points: 1, seconds: 60 });
    expect(await limit.spend("key")).toBe(0);
    const wait = await limit.spend("key");
    // A point comes back after one to one and a third periods.
    expect(wait).toBeGreaterThan(50);
    expect(wait).toBeLessThanOrEqual(80);
    await limit.reset("key");
    await storage.ping();
    await new Promise((resolve) => sessionStore.set("sid", { cookie: { originalMaxAge: 60_000 } }, resolve));
    const { expires_at } = await traffic.selectFrom("sessions").selectAll().executeTakeFirstOrThrow();
    expect(expires_at).toBeGreaterThan(Date.now());
    await sweepExpired(traffic, now());
  }

  test("serves all that we keep, and is not ended with the storage", async () => {
    const storage = await openStorage({ pool, now });
    await useStorage(storage);
    await storage.close();
    expect(pool.ending).toBe(false);
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  test("that gets its results in the binary format serves all that we keep", async () => {
    // A setting of pg that its types lack.
    const settings = { max: 2, binary: true };
    const binary = newPool(settings);
    const storage = await openStorage({ pool: binary, now });
    await useStorage(storage);
    await storage.close();
    await binary.end();
  });

  test("takes a prefix and a schema", async () => {
    const storage = await openStorage({ pool, schema: "own", tablePrefix: "keys_", now });
    await useStorage(storage);
    await storage.close();
    expect((await pool.query("select * from own.keys_users")).rowCount).toBe(1);
  });

  test.each<[string, (text: string) => unknown]>([
    ["text", (text) => text],
    ["BigInt", BigInt],
    ["an object", (text) => ({ text })],
  ])("keeps its parser of bigint, %s, and we read numbers all the same", async (_, parse) => {
    const own = newPool({
      types: { getTypeParser: (oid, format) => (oid === 20 ? parse : pg.types.getTypeParser(oid, format)) },
    });
    const storage = await openStorage({ pool: own, now });
    try {
      await useStorage(storage);
      const { rows } = await own.query("select 5::int8 as five");
      expect(rows).toEqual([{ five: parse("5") }]);
    } finally {
      await storage.close();
      await own.end();
    }
  });

  test("has the listeners of the host and no other, on it and on its connections, once the storage is closed", async () => {
    const heard: string[] = [];
    pool.on("error", () => void heard.push("pool"));
    const client = await pool.connect();
    client.on("error", () => void heard.push("client"));
    client.release();
    const before = [pool.listenerCount("error"), client.listenerCount("error")];
    const storage = await openStorage({ pool, now });
    await useStorage(storage);
    await storage.close();
    expect([pool.listenerCount("error"), client.listenerCount("error")]).toEqual(before);
    // A limit counts and reads at once.
    expect(pool.totalCount).toBeLessThanOrEqual(2);
    client.emit("error", new Error("for the host"));
    expect(heard).toContain("client");
  });

  test("without a listener of the host's: an idle connection that the server ends ends no process", async () => {
    const notices: string[] = [];
    const storage = await openStorage({ pool, onNotice: ({ event }) => void notices.push(event), now });
    await storage.ping();
    const lost = new Promise((resolve) => pool.once("remove", resolve));
    const other = newPool();
    await other.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await lost;
    await aTurn();
    await useStorage(storage);
    expect(notices).toEqual(["storage.unavailable", "storage.available"]);
    await storage.close();
    await other.end();
  });

  test("in which the server ends a query of ours: 503, and the connection does not come back", async () => {
    const storage = await openStorage({ pool, onNotice: () => {}, now });
    const holder = newPool({ max: 2 });
    const lock = await holder.connect();
    await lock.query("begin; lock table passkeys_passkey_names in access exclusive mode");
    const asked = expect(storage.flows.passkeyNames("u")).rejects.toMatchObject({ status: 503 });
    const ended = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await holder.query(ended)).rowCount === 0);
    await asked;
    await lock.query("rollback");
    expect(await storage.flows.passkeyNames("u")).toEqual(new Map());
    lock.release();
    await holder.end();
    await storage.close();
  });

  test("that the host ends too early: a 503 whose cause says which order is right", async () => {
    const causes: unknown[] = [];
    const storage = await openStorage({
      pool,
      onNotice: (notice) => void ("cause" in notice && causes.push(notice.cause)),
      now,
    });
    await pool.end();
    await expect(storage.flows.passkeyNames("u")).rejects.toMatchObject({ status: 503 });
    const limit = storage.limiter({ name: "rule", points: 1, seconds: 60 });
    await expect(limit.spend("key")).rejects.toMatchObject({ status: 503 });
    await expect(storage.ping()).rejects.toThrow("has been ended");
    expect(String(causes)).toContain("End it after `await storage.close()`");
    await storage.close();
  });

  test("whose connections are all held by transactions: 503 outside of requests too, and every connection comes back", async () => {
    const causes: unknown[] = [];
    const small = newPool({ max: 2 });
    const storage = await openStorage({
      pool: small,
      queryTimeoutMs: 50,
      onNotice: (notice) => void ("cause" in notice && causes.push(notice.cause)),
      now,
    });
    const held = [await small.connect(), await small.connect()];
    const asked = [1, 2, 3].map(() => storage.flows.passkeyNames("u"));
    for (const one of asked) await expect(one).rejects.toMatchObject({ status: 503 });
    expect(String(causes)).toContain("the pool has 2");
    for (const client of held) client.release();
    expect(await storage.flows.passkeyNames("u")).toEqual(new Map());
    expect(small.idleCount).toBe(2);
    await storage.close();
    await small.end();
  });
});
