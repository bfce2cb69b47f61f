/** A server that keeps its connections and answers nothing, as one that is frozen: every query ends with a 503 in time. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStorage, type Storage } from "../../../server/storage/storage.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";
import { openTcpLine, type TcpLine } from "./tcp-line.ts";

const now = () => new Date();
const unavailable = { status: 503, code: "upstream_unavailable" };

let place: TestPlace;
let line: TcpLine;
let storage: Storage;
beforeEach(async () => {
  place = await createTestPlace();
});
afterEach(async () => {
  await storage.close();
  await line.close();
  await place.drop();
});

async function isSilent(query: () => Promise<unknown>): Promise<void> {
  line.freeze();
  const before = performance.now();
  await expect(query()).rejects.toMatchObject(unavailable);
  // The bound below, and the second that a server has which ends a query itself.
  expect(performance.now() - before).toBeGreaterThan(250);
  await line.mend();
  await expect.poll(() => query().then(() => "answered", String)).toBe("answered");
}

describe.runIf(process.env.TEST_DATABASE_URL !== undefined)("a silent PostgreSQL", () => {
  beforeEach(async () => {
    if (!("databaseUrl" in place.options)) throw new Error("This is about PostgreSQL.");
    const url = new URL(place.options.databaseUrl);
    line = await openTcpLine(url);
    const databaseUrl = line.through(url).href;
    storage = await openStorage({
      databaseUrl,
      queryTimeoutMs: 300,
      maxConnections: 2,
      onNotice: () => {},
      now,
    });
  });

  test("costs a request the bound and a 503, for queries and counters", async () => {
    const limit = storage.limiter({ name: "rule", points: 9, seconds: 60 });
    await isSilent(() => storage.flows.passkeyNames("u"));
    await isSilent(() => limit.spend("key"));
  });
});

describe.runIf(process.env.TEST_REDIS_URL !== undefined)("a silent Redis", () => {
  beforeEach(async () => {
    const { options } = place;
    if (options.redisUrl === null) throw new Error("This is about Redis.");
    const url = new URL(options.redisUrl);
    line = await openTcpLine(url);
    const redis = { redisUrl: line.through(url).href, redisPrefix: options.redisPrefix };
    const database = "file" in options ? { file: options.file } : { databaseUrl: options.databaseUrl };
    storage = await openStorage({ ...database, ...redis, queryTimeoutMs: 300, onNotice: () => {}, now });
  });

  test("costs a request the bound and a 503", async () => {
    const limit = storage.limiter({ name: "rule", points: 9, seconds: 60 });
    await isSilent(() => limit.spend("key"));
  });
});
