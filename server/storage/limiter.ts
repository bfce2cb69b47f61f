/** A counter per key and window, kept by rate-limiter-flexible in whatever storage the app has. */
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";

export interface LimitRule {
  /** Part of the stored key: changing it resets the counters. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

export interface Limiter {
  /** Spends a point. Answers 0 when it was there, else the seconds until there are points again. */
  spend(key: string): Promise<number>;
  /** 0 while points are left, else the seconds until there are. Spends nothing. */
  blockedFor(key: string): Promise<number>;
  /** Forgets what was spent. */
  reset(key: string): Promise<void>;
}

export function toLimiter(limiter: RateLimiterAbstract): Limiter {
  return {
    async spend(key) {
      try {
        await limiter.consume(key);
        return 0;
      } catch (rejection) {
        // The library rejects with a plain answer when the limit is reached and with an Error on a fault.
        if (rejection instanceof RateLimiterRes) return seconds(rejection);
        throw rejection;
      }
    },
    async blockedFor(key) {
      const state = await limiter.get(key);
      return state !== null && state.remainingPoints <= 0 ? seconds(state) : 0;
    },
    async reset(key) {
      await limiter.delete(key);
    },
  };
}

function seconds({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
