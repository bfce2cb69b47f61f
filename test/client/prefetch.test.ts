/** One answer ready before it is needed, given out once, never stale. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPrefetch } from "../../client/passkeys/prefetch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

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

test("a warm answer is given out without asking again", async () => {
  const { prefetch, asked } = counting([7]);
  await expect(prefetch.warm()).resolves.toBe(true);
  await expect(prefetch.take()).resolves.toBe(7);
  expect(asked()).toBe(1);
});

test("an answer is given out once", async () => {
  const { prefetch } = counting([7, 8]);
  await prefetch.warm();
  await prefetch.take();
  await expect(prefetch.take()).resolves.toBe(8);
});

test("warming twice asks once", async () => {
  const { prefetch, asked } = counting([7]);
  await Promise.all([prefetch.warm(), prefetch.warm()]);
  expect(asked()).toBe(1);
});

test("a click while the answer is on its way waits for that one", async () => {
  const { prefetch, asked } = counting([7]);
  void prefetch.warm();
  await expect(prefetch.take()).resolves.toBe(7);
  expect(asked()).toBe(1);
});

test("a stale answer is thrown away", async () => {
  const { prefetch } = counting([7, 8]);
  await prefetch.warm();
  vi.advanceTimersByTime(1_000);
  await expect(prefetch.take()).resolves.toBe(8);
});

test.each([
  ["a refusal", "no" as const],
  ["a failure", new TypeError("offline")],
])("%s is not kept", async (_, first) => {
  const { prefetch } = counting([first, 8]);
  await expect(prefetch.warm()).resolves.toBe(false);
  await expect(prefetch.take()).resolves.toBe(8);
});
