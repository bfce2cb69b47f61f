/** Sessions and limits in a Redis behind Sentinel and in a Redis Cluster, and tables behind PgBouncer. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SessionData } from "express-session";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrateStorage } from "../../../server/storage/migrate-storage.ts";
import { openStorage, type Storage } from "../../../server/storage/storage.ts";
import { askRedis, type Group, startCluster, startPgBouncer, startSentinel } from "../../chaos/groups.ts";
import { createRedis } from "../../chaos/servers.ts";
import { createTestPlace } from "../../kit/test-storage.ts";

const now = () => new Date();
/** Starting six servers takes its time on a busy machine. */
const slow = 120_000;

let folder: string;
let group: Group | null = null;
let storage: Storage | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groups-"));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  await storage?.close();
  await group?.close();
  storage = null;
  group = null;
  rmSync(folder, { recursive: true, force: true });
});

async function openOn(redisUrl: string): Promise<Storage> {
  storage = await openStorage({ file: join(folder, "app.sqlite"), redisUrl, onNotice: () => {}, now });
  return storage;
}

const session = (): SessionData => ({ cookie: { originalMaxAge: 60_000 } }) as SessionData;

async function sessionsAndLimitsWork({ sessionStore, limiter }: Storage): Promise<void> {
  const set = promisify(sessionStore.set.bind(sessionStore));
  const get = promisify(sessionStore.get.bind(sessionStore));
  // Twenty keys are on all nodes of a cluster.
  for (let at = 0; at < 20; at += 1) await set(`session-${at}`, session());
  for (let at = 0; at < 20; at += 1) expect(await get(`session-${at}`)).toMatchObject(session());
  await promisify(sessionStore.destroy.bind(sessionStore))("session-0");
  expect(await get("session-0")).toBeFalsy();
  const limit = limiter({ name: "rule", points: 2, seconds: 60 });
  for (const key of ["a", "b", "c", "d"]) {
    expect([await limit.spend(key), await limit.spend(key)]).toEqual([0, 0]);
    expect(await limit.spend(key)).toBeGreaterThan(0);
    expect(await limit.blockedFor(key)).toBeGreaterThan(0);
    await limit.reset(key);
    expect(await limit.blockedFor(key)).toBe(0);
  }
}

describe.runIf(process.env.TEST_REDIS_URL !== undefined)("Redis in several processes", () => {
  test(
    "Sentinel's master keeps sessions and limits, and after its end the new one does",
    async () => {
      const started = await startSentinel(folder);
      group = started;
      const opened = await openOn(started.url);
      await sessionsAndLimitsWork(opened);
      await opened.ping();
      await started.programs[0]?.stop("SIGKILL");
      const limit = opened.limiter({ name: "after", points: 9, seconds: 60 });
      const outcome = () => limit.spend("key").then(String, (error: { code?: unknown }) => error.code);
      expect(["upstream_unavailable", "0"]).toContain(await outcome());
      await expect.poll(outcome, { timeout: 60_000, interval: 200 }).toBe("0");
      await sessionsAndLimitsWork(opened);
      expect(opened.load().redisReady).toBe(true);
    },
    slow,
  );

  test(
    "A cluster keeps sessions and limits on all its masters, and goes on after one of them has failed over",
    async () => {
      const started = await startCluster(folder);
      group = started;
      const opened = await openOn(started.url);
      await sessionsAndLimitsWork(opened);
      await opened.ping();
      const sizes = await Promise.all(started.nodePorts.slice(0, 3).map((port) => askRedis(port, "DBSIZE")));
      expect(sizes).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
      expect(sizes).not.toContain(0);
      await started.programs[0]?.stop("SIGKILL");
      const works = () => sessionsAndLimitsWork(opened).then(() => "works", String);
      await expect.poll(works, { timeout: 60_000, interval: 200 }).toBe("works");
    },
    slow,
  );

  test(
    "A Redis that is full, has become a replica or forbids a command is a 503 for a write, and works again afterwards",
    async () => {
      const server = await createRedis(folder);
      await server.start();
      group = { url: server.url, programs: [server], close: async () => void (await server.stop("SIGKILL")) };
      const opened = await openOn(server.url);
      const limit = opened.limiter({ name: "rule", points: 99, seconds: 60 });
      const set = promisify(opened.sessionStore.set.bind(opened.sessionStore));
      for (const [fault, remedy] of [
        ["CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"],
        ["REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"],
        ["ACL SETUSER default -eval -set", "ACL SETUSER default +@all"],
      ] as const) {
        await askRedis(server.port, ...fault.split(" "));
        await expect(limit.spend("key"), fault).rejects.toMatchObject({ code: "upstream_unavailable" });
        await expect(set("session", session()), fault).rejects.toMatchObject({
          code: "upstream_unavailable",
        });
        await askRedis(server.port, ...remedy.split(" "));
        expect(await limit.spend("key"), remedy).toBe(0);
      }
    },
    slow,
  );

  test(
    "A group that does not answer ends the start with a reason",
    async () => {
      const url = "redis-sentinel://127.0.0.1:1,127.0.0.1:2/0?master=mymaster";
      await expect(openOn(url)).rejects.toMatchObject({ code: "upstream_unavailable" });
    },
    slow,
  );
});

describe.runIf(process.env.TEST_DATABASE_URL !== undefined)("PgBouncer in transaction mode", () => {
  test(
    "Tables are made and used through it, by more requests than it has connections",
    async () => {
      const place = await createTestPlace();
      try {
        if (!("databaseUrl" in place.options)) throw new Error("This is about PostgreSQL.");
        const started = await startPgBouncer(folder, place.options.databaseUrl);
        group = started;
        await migrateStorage({ databaseUrl: started.url });
        const opened = await openStorage({ databaseUrl: started.url, onNotice: () => {}, now });
        storage = opened;
        await opened.ping();
        const limit = opened.limiter({ name: "rule", points: 1000, seconds: 60 });
        const work = async (at: number): Promise<void> => {
          expect(await limit.spend("key")).toBe(0);
          expect(await opened.flows.consumeToken(`token-${at}`, new Date(Date.now() + 60_000))).toBe(true);
          await opened.flows.keepPasskeyName("u", `p-${at}`, "n");
        };
        await Promise.all(Array.from({ length: 60 }, (_, at) => work(at)));
        expect((await opened.flows.passkeyNames("u")).size).toBe(60);
      } finally {
        await storage?.close();
        storage = null;
        await group?.close();
        // PgBouncer's connections to it.
        await expect.poll(() => place.drop().then(() => "dropped", String)).toBe("dropped");
      }
    },
    slow,
  );
});
