/** The port for counters, one per key, shared by all instances of the app. A limit holds over every period of its length. */
export interface LimitRule {
  /** Part of the stored key: changing it resets the counters. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

export interface Limiter {
  /**
   * Spends a point. Answers 0 when it was there, else the seconds until there are points again: at most half as long again
   * as the period. What is refused spends nothing.
   */
  spend(key: string): Promise<number>;
  /** Returns a point that was spent moments ago, because what it paid for did not happen. */
  giveBack(key: string): Promise<void>;
  /** 0 while points are left, else the seconds until there are. Spends nothing. */
  blockedFor(key: string): Promise<number>;
  /** Forgets what was spent. */
  reset(key: string): Promise<void>;
}
