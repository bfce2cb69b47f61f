/** A limit holds over every period of its length, wherever that begins. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage(() => new Date());
});
afterAll(() => storage.close());
// The counters read the clock of the process.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const hour = 60 * 60 * 1000;
const day = { points: 20, seconds: 24 * 60 * 60 };
const limitOf = (rule = day) => storage.limiter({ name: `sliding-${randomUUID()}`, ...rule });

/** The most of these moments that lie in one period. */
function mostWithin(moments: readonly number[], periodMs: number): number {
  return Math.max(
    ...moments.map((from) => moments.filter((at) => at >= from && at < from + periodMs).length),
  );
}

test.each([0.5, 1, 3.7, 7.9, 8, 11, 16, 20, 23, 23.9, 24])(
  "Twenty a day are twenty in every 24 hours, also around %f hours after the first",
  async (hours) => {
    const limit = limitOf();
    const start = Date.now();
    expect(await limit.spend("key")).toBe(0);
    const spent: number[] = [];
    for (const at of [hours - 0.05, hours + 0.05, hours + 7, hours + 23.9]) {
      vi.setSystemTime(start + at * hour);
      for (let round = 0; round < 25; round += 1)
        if ((await limit.spend("key")) === 0) spent.push(Date.now());
    }
    expect(mostWithin([start, ...spent], day.seconds * 1000)).toBeLessThanOrEqual(day.points);
    expect(spent.length).toBeGreaterThanOrEqual(day.points - 1);
  },
);

test("A wait that a limit names is enough, and asking meanwhile does not make it longer", async () => {
  const limit = limitOf({ points: 3, seconds: 900 });
  for (let round = 0; round < 3; round += 1) expect(await limit.spend("key")).toBe(0);
  const wait = await limit.spend("key");
  expect(wait).toBeGreaterThan(900 - 1);
  expect(wait).toBeLessThanOrEqual(1200);
  expect(await limit.blockedFor("key")).toBe(wait);
  for (let round = 0; round < 10; round += 1) {
    vi.setSystemTime(Date.now() + (wait * 1000) / 11);
    expect(await limit.spend("key")).toBeGreaterThan(0);
  }
  vi.setSystemTime(Date.now() + (wait * 1000) / 11 + 1000);
  expect(await limit.blockedFor("key")).toBe(0);
  expect(await limit.spend("key")).toBe(0);
});

test("A counter that was reset gives all its points again", async () => {
  const limit = limitOf({ points: 2, seconds: 900 });
  const start = Date.now();
  for (const minutes of [0, 6]) {
    vi.setSystemTime(start + minutes * 60_000);
    expect(await limit.spend("key")).toBe(0);
  }
  expect(await limit.blockedFor("key")).toBeGreaterThan(0);
  await limit.reset("key");
  for (let round = 0; round < 2; round += 1) expect(await limit.spend("key")).toBe(0);
  expect(await limit.spend("key")).toBeGreaterThan(0);
});
