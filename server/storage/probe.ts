/**
 * Asks a storage whether it can be used, for health checks: probes that come together share one check, and its outcome
 * holds for a second. However many probes their senders give up, one check at a time is under way. A probe that finds it
 * under way is answered at once with the outcome before, until the check has taken too long: a balancer's probe has a
 * short time-out, and an instance must not be lost over one slow answer.
 */
import { setTimeout as delay } from "node:timers/promises";
import { beyondRequest } from "../http/request-deadline.ts";
import { within } from "../http/within.ts";

/** A storage that takes longer is of no use to a request either. */
const deadlineMs = 2000;
const keptMs = 1000;
/** How old a check may be before probes no longer wait for it while an earlier outcome is known, and how old that one may be. */
const patienceMs = 30;
const rememberedMs = 60_000;

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
      const { outcome, since } = underway;
      const age = performance.now() - since;
      const left = Math.max(0, deadlineMs - age);
      const late = `The storage did not answer within ${deadlineMs} ms.`;
      const remembered = known !== null && performance.now() < known.until + rememberedMs ? known : null;
      if (remembered === null || left === 0) return within(left, outcome, late);
      if (age >= patienceMs) return remembered.outcome;
      const patience = delay(patienceMs - age, true, { ref: false });
      const isSlow = await Promise.race([outcome.then(() => false), patience]);
      return isSlow ? remembered.outcome : outcome;
    },
    stop() {
      isStopped = true;
    },
  };
}
