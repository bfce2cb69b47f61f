/**
 * Asks an instance for its readiness all the time, as a balancer does, and measures the answers. `/healthz`, which waits for
 * nothing, tells how much of that is the machine's.
 */
import { setTimeout as delay } from "node:timers/promises";

export interface Answer {
  readonly path: "/readyz" | "/healthz";
  readonly status: number;
  readonly ms: number;
}

export interface Probe {
  /** @returns the answers so far. While the instance is down there are none. */
  stop(): readonly Answer[];
}

const everyMs = 150;

/** @param base the instance, without a slash at the end */
export function startProbing(base: string): Probe {
  const answers: Answer[] = [];
  const over = new AbortController();
  const { signal } = over;

  async function ask(): Promise<void> {
    for (let round = 0; !signal.aborted; round += 1) {
      const path = round % 2 === 0 ? "/readyz" : "/healthz";
      const before = performance.now();
      try {
        const answer = await fetch(base + path, { signal });
        await answer.text();
        answers.push({ path, status: answer.status, ms: performance.now() - before });
      } catch (error) {
        // It is down, or this run is over.
        if (!(error instanceof Error)) throw error;
      }
      await delay(everyMs);
    }
  }
  void ask();
  return {
    stop() {
      over.abort();
      return answers;
    },
  };
}
