/** Calls `get` at the first call and keeps its answer. A failure is not kept: the next call tries again. */
export function once<Answer>(get: () => Promise<Answer>): () => Promise<Answer> {
  let kept: Promise<Answer> | undefined;
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
