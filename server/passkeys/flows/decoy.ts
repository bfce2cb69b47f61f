/**
 * What an address gets that has had too many codes: the usual answer after the usual time, and no mail. So
 * nobody can read from outside that somebody else is being pestered (requirement S18): not in an outage either.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../../http/errors.ts";
import { Refusal, type SentOtp } from "../ports/authsignal.ts";

const remembered = 64;
/** How long a send takes where none has been seen yet, after a start: a call over the internet and a mail queued. */
const typicalMs = 150;
/** How long one send that met an outage speaks for the next, while none has gone through. */
const outageMs = 30_000;

export interface Decoy {
  /** Runs the real thing and remembers how it went: how long it took, how long its code lives, or the outage. */
  observe(send: () => Promise<SentOtp>): Promise<SentOtp>;
  /**
   * For a call to Authsignal that began at `startedAt` (of `performance.now()`) and has sent nothing: looks like one
   * of the real ones and takes as long. Null: Authsignal was not asked.
   * @throws AppError upstream_unavailable while the real ones do
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
        // A send that was refused says nothing of other addresses.
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
      // As slow among the sends as this was among its like: of one taken at random only the longer wait would show.
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
