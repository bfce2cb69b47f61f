/**
 * What an address gets that has had too many codes: the usual answer after the usual time, and no mail. So
 * nobody can read from outside that somebody else is being pestered (requirement S18).
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { SentOtp } from "../authsignal/gateway.ts";

const remembered = 64;

export interface Decoy {
  /** Runs the real thing and remembers how long it took and how long its code lives. */
  observe(send: () => Promise<SentOtp>): Promise<SentOtp>;
  /** Takes as long as one of the real ones did, and looks like it. */
  pretend(): Promise<SentOtp>;
}

export function createDecoy(now: () => Date): Decoy {
  const durations: number[] = [];
  let lifeMs = 10 * 60 * 1000;
  return {
    async observe(send) {
      const startedAt = performance.now();
      const sent = await send();
      durations.push(performance.now() - startedAt);
      if (durations.length > remembered) durations.shift();
      lifeMs = sent.expiresAt.getTime() - now().getTime();
      return sent;
    },
    async pretend() {
      await delay(durations[Math.floor(Math.random() * durations.length)] ?? 0);
      // Authsignal's times are whole seconds. No challenge has this id, so no code fits it.
      const expiresAt = new Date(Math.floor((now().getTime() + lifeMs) / 1000) * 1000);
      return { challengeId: randomUUID(), expiresAt };
    },
  };
}
