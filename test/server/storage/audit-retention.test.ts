/** The audit trail is kept for as long as the configuration says, on every database. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";

const day = 24 * 60 * 60 * 1000;
const now = new Date("2026-03-01T12:00:00.000Z");
const before = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();

let storage: TestStorage;
beforeEach(async () => {
  storage = await openTestStorage(() => now);
});
afterEach(() => storage.close());

/** Events of these times, as `server/app/audit.ts` writes them. */
async function keepEvents(...times: readonly string[]): Promise<void> {
  const rows = times.map((at) => ({
    id: randomUUID(),
    at,
    event: "sign_out",
    user_id: "u-1",
    request_id: null,
    facts: "{}",
  }));
  await storage.traffic.insertInto("audit_events").values(rows).execute();
}

async function timesLeft(): Promise<string[]> {
  const rows = await storage.traffic.selectFrom("audit_events").select("at").orderBy("at").execute();
  return rows.map(({ at }) => at);
}

test("an event is kept for as many days as the host says, to the millisecond, and then deleted", async () => {
  const kept = [before(30 * day), before(1), before(0)];
  await keepEvents(before(800 * day), before(30 * day + 1), ...kept);
  await sweepExpired(storage.traffic, now, { auditRetentionDays: 30 });
  expect(await timesLeft()).toEqual(kept);
});

test("for ever means for ever", async () => {
  const kept = [before(8000 * day), before(0)];
  await keepEvents(...kept);
  await sweepExpired(storage.traffic, now, { auditRetentionDays: Number.POSITIVE_INFINITY });
  expect(await timesLeft()).toEqual(kept);
});

test.each([0, -1, 0.5, Number.NaN])(
  "%d days are refused: they would delete what is being written",
  async (days) => {
    await keepEvents(before(0));
    await expect(sweepExpired(storage.traffic, now, { auditRetentionDays: days })).rejects.toThrow(TypeError);
    expect(await timesLeft()).toHaveLength(1);
  },
);

test("a backlog of years goes in one sweep, and nothing younger with it", async () => {
  await keepEvents(before(10 * day));
  const old = Array.from({ length: 500 }, (_, at) => before(500 * day + at));
  for (let round = 0; round < 5; round += 1) await keepEvents(...old);
  await sweepExpired(storage.traffic, now, { auditRetentionDays: 400 });
  expect(await timesLeft()).toEqual([before(10 * day)]);
});

test("two instances that sweep at the same time do not get into each other's way", async () => {
  const other = await storage.connectAgain();
  try {
    await keepEvents(...Array.from({ length: 1500 }, (_, at) => before(500 * day + at)), before(day));
    const sweeps = [storage, other].map(({ traffic }) =>
      sweepExpired(traffic, now, { auditRetentionDays: 400 }),
    );
    await Promise.all(sweeps);
    await sweepExpired(storage.traffic, now, { auditRetentionDays: 400 });
    expect(await timesLeft()).toEqual([before(day)]);
  } finally {
    await other.close();
  }
});
