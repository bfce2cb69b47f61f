/**
 * needs:    nothing.
 * does:     sees to it that one ceremony runs at a time: a newer one ends the one before, and any can be ended.
 * must not: wait for an authenticator or an extension that never answers, not even to an abort.
 */
import type { CeremonyOutcome } from "./ceremony-outcome.ts";

/** What began a ceremony: the person, or the page by arming autofill. */
export type Beginner = "person" | "autofill";

export interface CeremonySlot {
  run(
    beginner: Beginner,
    ceremony: (signal: AbortSignal) => Promise<CeremonyOutcome>,
  ): Promise<CeremonyOutcome>;
  isTakenBy(beginner: Beginner): boolean;
  /** Ends what this beginner began; its outcome is `aborted`. */
  end(beginner: Beginner): void;
}

export function createCeremonySlot(): CeremonySlot {
  let current: { readonly controller: AbortController; readonly beginner: Beginner } | undefined;

  function abort(): void {
    current?.controller.abort(new DOMException("Ended by the page.", "AbortError"));
  }

  return {
    async run(beginner, ceremony) {
      const mine = { controller: new AbortController(), beginner };
      const { signal } = mine.controller;
      abort();
      current = mine;
      const aborted = new Promise<CeremonyOutcome>((resolve) => {
        signal.addEventListener("abort", () => resolve({ kind: "aborted" }), { once: true });
      });
      try {
        return await Promise.race([ceremony(signal), aborted]);
      } finally {
        if (current === mine) current = undefined;
      }
    },
    isTakenBy: (beginner) => current?.beginner === beginner,
    end(beginner) {
      if (current?.beginner === beginner) abort();
    },
  };
}
