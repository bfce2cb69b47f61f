/**
 * needs:    nothing.
 * does:     keeps one answer ready, so that a click needs no request. Gives each answer out once.
 * must not: give out an answer older than `freshFor`, or keep an unusable one.
 */
export interface Prefetch<Answer> {
  /** Fetches an answer unless one is ready. False if there is no usable answer now. */
  warm(): Promise<boolean>;
  /** The answer that is ready or being fetched; fetches one if there is none. */
  take(): Promise<Answer>;
  drop(): void;
}

export interface PrefetchOptions<Answer> {
  fetch(): Promise<Answer>;
  isUsable(answer: Answer): boolean;
  /** Milliseconds after which an answer is thrown away. */
  readonly freshFor: number;
}

/** Milliseconds. Below the shortest challenge lifetime that WebAuthn recommends (five minutes). */
export const defaultFreshFor = 4 * 60_000;

export function createPrefetch<Answer>({
  fetch,
  isUsable,
  freshFor,
}: PrefetchOptions<Answer>): Prefetch<Answer> {
  let kept: { readonly answer: Promise<Answer>; readonly askedAt: number } | undefined;

  function current() {
    if (kept !== undefined && Date.now() - kept.askedAt < freshFor) return kept;
    const asked = { answer: fetch(), askedAt: Date.now() };
    kept = asked;
    const forget = () => {
      if (kept === asked) kept = undefined;
    };
    asked.answer.then((answer) => {
      if (!isUsable(answer)) forget();
    }, forget);
    return asked;
  }

  return {
    warm: () => current().answer.then(isUsable, () => false),
    take() {
      const { answer } = current();
      kept = undefined;
      return answer;
    },
    drop() {
      kept = undefined;
    },
  };
}
