/**
 * needs:    nothing.
 * does:     keeps one answer ready, so that a click needs no request. An answer serves until it is spent or stale.
 * must not: give out an answer older than `freshFor`, or keep an unusable one.
 */
export interface Prefetch<Answer> {
  /** Fetches an answer unless one is ready. False if there is no usable answer now. */
  warm(): Promise<boolean>;
  /** The answer that is ready or being fetched; fetches one if there is none. */
  get(): Promise<Answer>;
  /** This answer has served: the next one is fetched. */
  spend(answer: Answer): void;
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
  let kept: { readonly request: Promise<Answer>; readonly askedAt: number; answer?: Answer } | undefined;

  function current() {
    if (kept !== undefined && Date.now() - kept.askedAt < freshFor) return kept;
    const asked: NonNullable<typeof kept> = { request: fetch(), askedAt: Date.now() };
    kept = asked;
    const forget = () => {
      if (kept === asked) kept = undefined;
    };
    asked.request.then((answer) => {
      asked.answer = answer;
      if (!isUsable(answer)) forget();
    }, forget);
    return asked;
  }

  return {
    warm: () => current().request.then(isUsable, () => false),
    get: () => current().request,
    spend(answer) {
      if (kept?.answer === answer) kept = undefined;
    },
    drop() {
      kept = undefined;
    },
  };
}
