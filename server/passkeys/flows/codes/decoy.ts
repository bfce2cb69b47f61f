/**
 * Imitates a sent code for an address over its limit: the usual answer after the usual time, in an outage the usual 503,
 * and no mail. So an outsider cannot learn that the address is throttled (requirement S18).
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../../../http/errors.ts";
import { Refusal, type SentOtp } from "../../ports/authsignal.ts";

const remembered = 64;
/** How long a send takes where none has been seen yet, after a start: a call over the internet and a mail queued. */
const typicalMs = 150;
/** How long after a failed send the outage is taken to continue, while no send has succeeded. */
const outageMs = 30_000;

export interface Decoy {
  /** Sends a code and remembers how that went: how long it took, how long the code lives, or the outage. */
  observe(send: () => Promise<SentOtp>): Promise<SentOtp>;
  /**
   * Returns a made-up challenge after the time that a send usually takes, counted from `startedAt` (of
   * `performance.now()`), when a call that sent nothing began. Null: Authsignal was not asked.
   * @throws AppError upstream_unavailable while real sends do
   */
  pretend(startedAt: number | null): Promise<SentOtp>;
}

export function createDecoy(now: () => Date): Decoy {
  const sends: number[] = [];
  const asks: number[] = [];
  let lifeMs = 10 * 60 * 1000;
  let outage: { readonly error: AppError; readonly duration: number; readonly at: number } | null = null;
  return {
    async observe(send) {
      const startedAt = performance.now();
      const sent = await send().catch((error: unknown) => {
        const at = performance.now();
        // A refused send says nothing about other addresses.
        const isRefused = error instanceof Refusal;
        const isOutage = error instanceof AppError && error.code === "upstream_unavailable" && !isRefused;
        outage = isOutage ? { error, duration: at - startedAt, at } : null;
        throw error;
      });
      outage = null;
      remember(sends, performance.now() - startedAt);
      lifeMs = sent.expiresAt.getTime() - now().getTime();
      return sent;
    },
    async pretend(askedAt) {
      const startedAt = askedAt ?? performance.now();
      if (outage !== null && performance.now() - outage.at < outageMs) {
        const { error, duration } = outage;
        await delayUntil(startedAt + duration);
        throw error;
      }
      const asked = performance.now() - startedAt;
      // The send that ranks among the sends as this call did among its kind. One taken at random could be over already.
      const isKnown = askedAt !== null && asks.length > 0;
      const rank = isKnown ? asks.filter((one) => one < asked).length / asks.length : Math.random();
      if (askedAt !== null) remember(asks, asked);
      await delayUntil(startedAt + atRank(sends, rank));
      // Authsignal's times are whole seconds. No challenge has this id, so no code fits it.
      const expiresAt = new Date(Math.floor((now().getTime() + lifeMs) / 1000) * 1000);
      return { challengeId: randomUUID(), expiresAt };
    },
  };
}

function remember(durations: number[], duration: number): void {
  durations.push(duration);
  if (durations.length > remembered) durations.shift();
}

function atRank(durations: readonly number[], rank: number): number {
  const last = durations.length - 1;
  return (
    durations.toSorted((a, b) => a - b)[Math.min(last, Math.floor(rank * durations.length))] ?? typicalMs
  );
}

async function delayUntil(time: number): Promise<void> {
  const rest = time - performance.now();
  // A timer takes a millisecond at the least.
  if (rest >= 1) await delay(rest);
}
