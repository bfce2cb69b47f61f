/**
 * A limit over every period of its length, on rate-limiter-flexible's counters in whatever storage the app has. Those count
 * in windows that begin anew, which would let twice the limit through around the moment when one ends.
 */
import type { RateLimiterAbstract } from "rate-limiter-flexible";
import type { OutageWatch } from "../../http/outages.ts";
import type { Limiter, LimitRule } from "../../passkeys/ports/limiter.ts";
import { compileOnce, type SlotOf } from "../compiled.ts";
import type { Database } from "../database.ts";

export function readPoints(db: Database): CounterStore["read"] {
  // As many as `countsIn` asks for.
  const find = compileOnce(db, (slot: SlotOf<Record<string, string>>) =>
    db
      .selectFrom("rate_limits")
      .select(["key", "points"])
      .where(
        "key",
        "in",
        Array.from({ length: parts + 1 }, (_, at) => slot(String(at))),
      ),
  );
  return async (keys) => {
    const { rows } = await find(Object.fromEntries(keys.entries()));
    return new Map(rows.map(({ key, points }) => [key, points]));
  };
}

/** The period of a limit in parts, each with a counter. A spent point comes back after one to one and a third periods. */
const parts = 3;

/** What rate-limiter-flexible's counter of one part is made with: it refuses nothing itself. */
export interface CounterOptions {
  readonly points: number;
  readonly duration: number;
}

export interface CounterStore {
  readonly make: (options: CounterOptions) => RateLimiterAbstract;
  /** Keys begin with the name of the rule. */
  readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

export function toLimiter(
  { make, read }: CounterStore,
  { name, points, seconds }: LimitRule,
  outages: OutageWatch,
): Limiter {
  const partMs = (seconds * 1000) / parts;
  const counter = make({
    points: Number.MAX_SAFE_INTEGER,
    duration: Math.ceil((partMs * (parts + 2)) / 1000),
  });
  const currentPart = (): number => Math.floor(Date.now() / partMs);
  const keyIn = (key: string, part: number): string => `${key}:${part}`;

  /** What was spent in the current part and in each of the `parts` before it, which cover a period. @returns newest first */
  async function countsIn(key: string, part: number): Promise<readonly number[]> {
    const keys = Array.from({ length: parts + 1 }, (_, at) => `${name}:${keyIn(key, part - at)}`);
    const spent = await read(keys);
    return keys.map((one) => spent.get(one) ?? 0);
  }

  /** 0 while the parts have fewer points than `most`, else the seconds until they have. */
  function waitFor(counts: readonly number[], part: number, most: number): number {
    let total = counts.reduce((sum, count) => sum + count, 0);
    if (total < most) return 0;
    let leaving = counts.length;
    while (leaving > 0 && total >= most) {
      leaving -= 1;
      total -= counts[leaving] ?? 0;
    }
    const leavesAt = (part - leaving + parts + 1) * partMs;
    return Math.max(1, Math.ceil((leavesAt - Date.now()) / 1000));
  }

  return {
    async spend(key) {
      return outages.run(
        async () => {
          const part = currentPart();
          const [spent, [, ...before]] = await Promise.all([
            counter.consume(keyIn(key, part)),
            countsIn(key, part),
          ]);
          const counts = [spent.consumedPoints, ...before];
          // The point that was just spent is among them.
          const wait = waitFor(counts, part, points + 1);
          // What is refused costs nothing, so that asking again and again does not lengthen the wait.
          if (wait > 0) await counter.reward(keyIn(key, part));
          return wait;
        },
        () => "spend limit",
      );
    },
    async giveBack(key) {
      await outages.run(
        () => counter.reward(keyIn(key, currentPart())),
        () => "give back limit",
      );
    },
    async blockedFor(key) {
      return outages.run(
        async () => {
          const part = currentPart();
          return waitFor(await countsIn(key, part), part, points);
        },
        () => "read limit",
      );
    },
    async reset(key) {
      await outages.run(
        async () => {
          const part = currentPart();
          // One after the other: at once they would take several connections of a pool.
          for (let at = 0; at <= parts; at += 1) await counter.delete(keyIn(key, part - at));
        },
        () => "reset limit",
      );
    },
  };
}
