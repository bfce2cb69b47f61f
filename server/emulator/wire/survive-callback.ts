/**
 * Calls a caller's callback, such as onMessage. What it throws or rejects with becomes a warning of the process: it fails
 * no request and does not end the process.
 */
export function surviveCallback<Value>(
  name: string,
  callback: ((value: Value) => unknown) | undefined,
): (value: Value) => void {
  return (value) => {
    // In an async function, so that a throw and a rejection are one.
    const told = (async () => callback?.(value))();
    told.catch((error: unknown) => {
      process.emitWarning(`\`${name}\` failed: ${error instanceof Error ? error.message : typeof error}`);
    });
  };
}
