// @vitest-environment jsdom
/** Renewal: before the answer is stale, and not in a hidden tab. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepRenewed, pauseAfter } from "../../client/passkeys/renewal.ts";

let visibility: DocumentVisibilityState = "visible";
let life: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  visibility = "visible";
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => visibility });
});
afterEach(() => {
  life.abort();
  Reflect.deleteProperty(document, "visibilityState");
  vi.useRealTimers();
});

function renewing(answers: readonly boolean[] = []) {
  let times = 0;
  const renewal = keepRenewed({
    every: 60_000,
    signal: life.signal,
    async renew() {
      const renewed = answers[times] ?? true;
      times += 1;
      return renewed;
    },
  });
  return { renewal, times: () => times };
}

function turn(to: DocumentVisibilityState): void {
  visibility = to;
  document.dispatchEvent(new Event("visibilitychange"));
}

test("A renewal runs at once and again before the answer is stale", async () => {
  const { times } = renewing();
  expect(times()).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(times()).toBe(2);
});

test("A hidden tab renews nothing, and its return renews a stale answer", async () => {
  const { times } = renewing();
  await vi.advanceTimersByTimeAsync(0);
  turn("hidden");
  await vi.advanceTimersByTimeAsync(600_000);
  expect(times()).toBe(1);
  turn("visible");
  expect(times()).toBe(2);
});

test("The return to a tab with a fresh answer renews nothing", async () => {
  const { times } = renewing();
  await vi.advanceTimersByTimeAsync(10_000);
  turn("hidden");
  turn("visible");
  expect(times()).toBe(1);
});

test("After failures a renewal is tried again with growing pauses", async () => {
  const { times } = renewing([false, false, true]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(times()).toBe(2);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(times()).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(times()).toBe(3);
});

test("When the network returns after a failure, the renewal does not wait for the end of the pause", async () => {
  const { times } = renewing([false, true]);
  await vi.advanceTimersByTimeAsync(0);
  window.dispatchEvent(new Event("online"));
  expect(times()).toBe(2);
});

test("when the network returns although nothing had failed, no request is made", async () => {
  const { times } = renewing([false, true]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(times()).toBe(2);
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(times()).toBe(2);
});

test("a renewal that is under way is not begun again when the network or the person returns", async () => {
  let times = 0;
  keepRenewed({
    every: 60_000,
    signal: life.signal,
    renew: () => {
      times += 1;
      return new Promise(() => {});
    },
  });
  turn("hidden");
  turn("visible");
  window.dispatchEvent(new Event("online"));
  expect(times).toBe(1);
});

test("a pause that is asked for during a renewal is kept, and not replaced by the usual interval", async () => {
  let times = 0;
  const renewal = keepRenewed({
    every: 60_000,
    signal: life.signal,
    async renew() {
      times += 1;
      if (times === 2) {
        renewal.soon(5_000);
        renewal.soon(2_000);
      }
      return true;
    },
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(times).toBe(2);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(times).toBe(3);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(times).toBe(3);
  await vi.advanceTimersByTimeAsync(1);
  expect(times).toBe(4);
});

test("a pause that is asked for after the end of a renewal renews nothing", async () => {
  const { renewal, times } = renewing();
  life.abort();
  renewal.soon(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(times()).toBe(1);
});

test("An aborted renewal does nothing", async () => {
  const { times } = renewing();
  life.abort();
  await vi.advanceTimersByTimeAsync(600_000);
  turn("visible");
  expect(times()).toBe(1);
});

test.each([
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [20, 60_000],
])("The pause after %i failed renewals is %i ms", (failures, pause) => {
  expect(pauseAfter(failures)).toBe(pause);
});
