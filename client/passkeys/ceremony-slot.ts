/**
 * needs:    nothing.
 * does:     sees to it that one ceremony at a time waits for an authenticator: a newer one ends the one before, and any
 *           can be ended. What an authenticator has answered goes on to its end. Asks a second time where that helps.
 * must not: wait for an authenticator or an extension that never answers, not even to an abort.
 */
import type { CeremonyOutcome } from "./ceremony-outcome.ts";

/** What began a ceremony: the person, or the page by arming autofill. */
export type StartedBy = "person" | "autofill";

/** The authenticator has answered: nothing can be cancelled any more, and the rest is up to the network. */
export type OnAnswered = () => void;

export interface CeremonySlot {
  run(
    startedBy: StartedBy,
    onAnswered: OnAnswered,
    /** It tells when the authenticator has answered: from then on nothing ends it. */
    ceremony: (signal: AbortSignal, told: OnAnswered) => Promise<CeremonyOutcome>,
  ): Promise<CeremonyOutcome>;
  isTakenBy(startedBy: StartedBy): boolean;
  /** Ends what `startedBy` began; its outcome is `aborted`. */
  end(startedBy: StartedBy): void;
}

export function createCeremonySlot(): CeremonySlot {
  let current: { readonly controller: AbortController; readonly startedBy: StartedBy } | undefined;

  function abort(): void {
    current?.controller.abort(new DOMException("Ended by the page.", "AbortError"));
  }

  return {
    async run(startedBy, onAnswered, ceremony) {
      const mine = { controller: new AbortController(), startedBy };
      const { signal } = mine.controller;
      abort();
      current = mine;
      const aborted = new Promise<CeremonyOutcome>((resolve) => {
        signal.addEventListener("abort", () => resolve({ kind: "aborted" }), { once: true });
      });
      const release = () => {
        if (current === mine) current = undefined;
      };
      const told = () => {
        if (signal.aborted) return;
        release();
        onAnswered();
      };
      try {
        return await Promise.race([ceremony(signal, told), aborted]);
      } finally {
        release();
      }
    },
    isTakenBy: (startedBy) => current?.startedBy === startedBy,
    end(startedBy) {
      if (current?.startedBy === startedBy) abort();
    },
  };
}

/**
 * A second prompt for what is no fault of the person: options that were too old, a request that was in the way.
 * `onAskedAgain` comes before it.
 */
export async function twiceIfNeeded(
  once: () => Promise<CeremonyOutcome>,
  kinds: readonly CeremonyOutcome["kind"][],
  onAskedAgain: OnAnswered = () => {},
): Promise<CeremonyOutcome> {
  const outcome = await once();
  if (!kinds.includes(outcome.kind)) return outcome;
  onAskedAgain();
  return once();
}
