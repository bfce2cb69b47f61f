/** A counter per key and window, kept by rate-limiter-flexible in whatever storage the app has. */
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import type { OutageWatch } from "../http/outages.ts";
import type { Limiter } from "../passkeys/ports/limiter.ts";

export function toLimiter(limiter: RateLimiterAbstract, outages: OutageWatch): Limiter {
  return {
    async spend(key) {
      const refusal = await outages.run(() => limiter.consume(key).then(() => null, refusalOf));
      return refusal === null ? 0 : seconds(refusal);
    },
    async blockedFor(key) {
      const state = await outages.run(() => limiter.get(key));
      return state !== null && state.remainingPoints <= 0 ? seconds(state) : 0;
    },
    async reset(key) {
      await outages.run(() => limiter.delete(key));
    },
  };
}

/** The library rejects with a plain answer when the limit is reached and with an Error on a fault. */
function refusalOf(rejection: unknown): RateLimiterRes {
  if (rejection instanceof RateLimiterRes) return rejection;
  throw rejection;
}

function seconds({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
