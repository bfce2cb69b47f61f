/**
 * needs:    nothing.
 * does:     gets something at the first call and keeps it.
 * must not: keep a failure: the next call tries again.
 */
export function once<Thing>(get: () => Promise<Thing>): () => Promise<Thing> {
  let kept: Promise<Thing> | undefined;
  return () => {
    if (kept !== undefined) return kept;
    const attempt = get();
    kept = attempt;
    attempt.catch(() => {
      if (kept === attempt) kept = undefined;
    });
    return attempt;
  };
}
