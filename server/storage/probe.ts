/**
 * Asks a storage whether it can be used, for health checks: probes that come together share one check, its outcome
 * holds for a second, and each waits at most as long as the deadline. So one check at a time is under way, however many
 * probes their senders have given up.
 */
import { beyondRequest } from "../http/request-deadline.ts";
import { within } from "./deadline.ts";

/** A storage that takes longer is of no use to a request either. */
const deadlineMs = 2000;
const keptMs = 1000;

export interface Probe {
  /** Rejects with the reason when the storage cannot be used. */
  ping(): Promise<void>;
  /** From now on it cannot. */
  stop(): void;
}

export function createProbe(check: () => Promise<void>): Probe {
  let underway: { readonly outcome: Promise<void>; readonly since: number } | null = null;
  let known: { readonly outcome: Promise<void>; readonly until: number } | null = null;
  let isStopped = false;

  function begin(): { readonly outcome: Promise<void>; readonly since: number } {
    // Other requests share it.
    const outcome = beyondRequest(check);
    const settled = (): void => {
      underway = null;
      known = { outcome, until: performance.now() + keptMs };
    };
    outcome.then(settled, settled);
    return { outcome, since: performance.now() };
  }

  return {
    async ping() {
      if (isStopped) throw new Error("The storage is closed.");
      if (known !== null && performance.now() < known.until) return known.outcome;
      underway ??= begin();
      const left = Math.max(0, deadlineMs - (performance.now() - underway.since));
      await within(left, underway.outcome, `The storage did not answer within ${deadlineMs} ms.`);
    },
    stop() {
      isStopped = true;
    },
  };
}
