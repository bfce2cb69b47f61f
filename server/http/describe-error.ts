/** What a log may say of an error. Apart from the logger, so that the router is loaded without one. */

/** Class, message and stack of an error. Its other members may contain secrets. */
export function describeError(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: "NonError", message: typeof error };
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  return { name: error.name, message: error.message, ...stack };
}
