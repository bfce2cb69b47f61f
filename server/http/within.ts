/** Bounds work that cannot be stopped. Plain timers: an `AbortController` for each call costs more than the call's query. */

/**
 * Settles as the work does, or rejects when it takes too long. The work itself goes on.
 * @param milliseconds how long it may take
 * @param late what the rejection says, or makes the error
 */
export function within<Value>(
  milliseconds: number,
  work: Promise<Value>,
  late: string | (() => Error),
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(typeof late === "string" ? new Error(late) : late());
    const timer = setTimeout(giveUp, milliseconds).unref();
    const settled = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    work.then(
      (value) => settled(() => resolve(value)),
      (error: unknown) => settled(() => reject(error)),
    );
  });
}
