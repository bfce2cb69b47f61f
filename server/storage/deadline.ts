import { setTimeout as delay } from "node:timers/promises";

/**
 * Settles as the work does, or rejects when it takes too long. The work itself goes on.
 * @param milliseconds how long it may take
 * @param late what the rejection says
 */
export async function within<Value>(
  milliseconds: number,
  work: Promise<Value>,
  late: string,
): Promise<Value> {
  const timer = new AbortController();
  const deadline = delay(milliseconds, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(late);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    timer.abort();
  }
}
