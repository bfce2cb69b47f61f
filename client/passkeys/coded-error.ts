/**
 * needs:    nothing.
 * does:     recognises an error of our server by its `code`, whichever class the caller's API functions throw.
 * must not: read the message: it is for people and may change.
 */
export interface CodedError extends Error {
  /** A code of our server's problem details, such as `step_up_required`. */
  readonly code: string;
}

export function hasCode(error: unknown, codes: readonly string[]): error is CodedError {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code)
  );
}
