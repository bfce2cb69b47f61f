// @vitest-environment node
/** Prefetch: one answer is ready before it is needed, serves until it is spent, and is never stale. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPrefetch } from "../../client/passkeys/prefetch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Request {
  resolve(answer: number | "no"): void;
  reject(error: Error): void;
}

function counting(answers: readonly (number | "no" | Error)[]) {
  let asked = 0;
  const prefetch = createPrefetch<number | "no">({
    async fetch() {
      const answer = answers[asked] ?? asked;
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    isUsable: (answer) => answer !== "no",
    freshFor: 1_000,
  });
  return { prefetch, asked: () => asked };
}

test("A warm answer is given out without a second fetch", async () => {
  const { prefetch, asked } = counting([7]);
  await expect(prefetch.warm()).resolves.toBe(true);
  await expect(prefetch.get()).resolves.toBe(7);
  expect(asked()).toBe(1);
});

test("a prefetched answer serves again until it is spent", async () => {
  const { prefetch, asked } = counting([7, 8]);
  await prefetch.warm();
  await expect(prefetch.get()).resolves.toBe(7);
  await expect(prefetch.get()).resolves.toBe(7);
  expect(asked()).toBe(1);
  prefetch.spend(7);
  await expect(prefetch.get()).resolves.toBe(8);
});

test("an older answer that is spent late does not throw the newer one away", async () => {
  const { prefetch, asked } = counting([7, 8]);
  const older = await prefetch.get();
  vi.advanceTimersByTime(1_000);
  await prefetch.get();
  prefetch.spend(older);
  await expect(prefetch.get()).resolves.toBe(8);
  expect(asked()).toBe(2);
});

test("Warming twice fetches once", async () => {
  const { prefetch, asked } = counting([7]);
  await Promise.all([prefetch.warm(), prefetch.warm()]);
  expect(asked()).toBe(1);
});

test("Taking an answer that is being fetched waits for it", async () => {
  const { prefetch, asked } = counting([7]);
  void prefetch.warm();
  await expect(prefetch.get()).resolves.toBe(7);
  expect(asked()).toBe(1);
});

test("A stale answer is discarded", async () => {
  const { prefetch } = counting([7, 8]);
  await prefetch.warm();
  vi.advanceTimersByTime(1_000);
  await expect(prefetch.get()).resolves.toBe(8);
});

test.each([
  ["An unusable answer", "no" as const],
  ["A failed fetch", new TypeError("offline")],
])("%s is not kept by the prefetch", async (_, first) => {
  const { prefetch } = counting([first, 8]);
  await expect(prefetch.warm()).resolves.toBe(false);
  await expect(prefetch.get()).resolves.toBe(8);
});

test.each([
  ["fails", (request: Request) => request.reject(new TypeError("offline"))],
  ["is refused", (request: Request) => request.resolve("no")],
])("an older request that %s late does not throw the newer answer away", async (_, end) => {
  const requests: Request[] = [];
  const prefetch = createPrefetch<number | "no">({
    fetch: () => new Promise((resolve, reject) => void requests.push({ resolve, reject })),
    isUsable: (answer) => answer !== "no",
    freshFor: 1_000,
  });
  const older = prefetch.warm();
  vi.advanceTimersByTime(1_000);
  const newer = prefetch.warm();
  requests[1]?.resolve(8);
  await expect(newer).resolves.toBe(true);
  for (const request of requests.slice(0, 1)) end(request);
  await expect(older).resolves.toBe(false);
  const taken = prefetch.get();
  expect(requests).toHaveLength(2);
  await expect(taken).resolves.toBe(8);
});
