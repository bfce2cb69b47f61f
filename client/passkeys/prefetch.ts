/**
 * needs:    nothing.
 * does:     keeps one answer ready, so that a click needs no request. Each answer is given out once.
 * must not: give out an answer older than `freshFor`, or keep one that is not usable.
 */
export interface Prefetch<Answer> {
  /** Sees to it that an answer is ready; false if none can be had now. */
  warm(): Promise<boolean>;
  /** The answer that is ready or on its way; asks for one if there is none. */
  take(): Promise<Answer>;
  drop(): void;
}

export interface PrefetchOptions<Answer> {
  fetch(): Promise<Answer>;
  isUsable(answer: Answer): boolean;
  /** Milliseconds after which an answer is thrown away. */
  readonly freshFor: number;
}

/** Milliseconds. Comfortably below the shortest challenge lifetime that WebAuthn recommends (five minutes). */
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
