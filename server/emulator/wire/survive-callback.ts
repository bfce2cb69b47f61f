/**
 * A callback of somebody else's test or script, which may throw, or be an async function and reject: that neither fails
 * the request that it hears of nor ends the process. It becomes a warning of the process.
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
