/** Bounds work that cannot be stopped. Plain timers: an `AbortController` for each call costs more than the call's query. */

/**
 * Settles as the work does, or rejects when it takes too long. The work itself goes on.
 * @param milliseconds how long it may take
 * @param late what the rejection says, or makes the error
 * @param onLate takes what the work yields afterwards, such as a connection that has to be given back
 */
export function within<Value>(
  milliseconds: number,
  work: Promise<Value>,
  late: string | (() => Error),
  onLate: (value: Value) => void = () => {},
): Promise<Value> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const giveUp = (): void => {
      isLate = true;
      reject(typeof late === "string" ? new Error(late) : late());
    };
    const timer = setTimeout(giveUp, milliseconds).unref();
    work.then(
      (value) => {
        clearTimeout(timer);
        if (isLate) onLate(value);
        else resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
