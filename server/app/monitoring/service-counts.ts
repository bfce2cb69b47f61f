/** What an app reports to the metrics of what it depends on. Without a type of prom-client, which not every host installs. */
import type { AuthsignalCall } from "../../authsignal/sdk-call.ts";
import type { Limiter, LimitRule } from "../../passkeys/ports/limiter.ts";
import type { SweptRows } from "../../storage/tables/sweep.ts";

export interface ServiceMetrics {
  /** Times a call to Authsignal: the gateway's `onCall`. */
  readonly countCall: (call: AuthsignalCall) => void;
  /** The same limiters, whose refusals are counted: `limiter: metrics.countRefusals(storage.limiter)`. */
  readonly countRefusals: (limiter: (rule: LimitRule) => Limiter) => (rule: LimitRule) => Limiter;
  /** Runs a sweep, and counts its rows or its failure. @returns what it returns, or throws what it throws */
  readonly countSweep: (sweep: () => Promise<SweptRows>) => Promise<SweptRows>;
}
