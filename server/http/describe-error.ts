/** Describes an error for the log. Apart from log.ts, so that the router loads without pino. */

/** Class, message and stack of an error. Its other members may contain secrets. */
export function describeError(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: "NonError", message: typeof error };
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  return { name: error.name, message: error.message, ...stack };
}
