/**
 * needs:    nothing.
 * does:     lets one ceremony at a time wait for an authenticator: a newer one ends the one before, and each can be
 *           cancelled. After the authenticator has answered, nothing ends the ceremony.
 * must not: wait for an authenticator or an extension that answers neither the request nor its abort.
 */
import type { CeremonyOutcome } from "./ceremony-outcome.ts";

/** `person`: by a click. `autofill`: by the page, while the field waits for a pick. */
export type StartedBy = "person" | "autofill";

/** The authenticator has answered: the ceremony cannot be cancelled any more. */
export type OnAnswered = () => void;

/** Calls its `onAnswered` when the authenticator has answered. */
type Ceremony = (running: {
  readonly signal: AbortSignal;
  readonly onAnswered: OnAnswered;
}) => Promise<CeremonyOutcome>;

export interface CeremonySlot {
  run(startedBy: StartedBy, onAnswered: OnAnswered, ceremony: Ceremony): Promise<CeremonyOutcome>;
  isTakenBy(startedBy: StartedBy): boolean;
  /** Ends the ceremony if `startedBy` began it; its outcome is `aborted`. */
  end(startedBy: StartedBy): void;
  /** For ceremonies by click that several parts of a page have: `end` ends a ceremony of this part only. */
  part(): {
    run(onAnswered: OnAnswered, ceremony: Ceremony): Promise<CeremonyOutcome>;
    end(): void;
  };
}

export function createCeremonySlot(): CeremonySlot {
  let current:
    | {
        readonly controller: AbortController;
        readonly startedBy: StartedBy;
        readonly part: object | undefined;
      }
    | undefined;

  function abort(): void {
    current?.controller.abort(new DOMException("Ended by the page.", "AbortError"));
  }

  async function run(
    startedBy: StartedBy,
    onAnswered: OnAnswered,
    ceremony: Ceremony,
    part?: object,
  ): Promise<CeremonyOutcome> {
    const mine = { controller: new AbortController(), startedBy, part };
    const { signal } = mine.controller;
    abort();
    current = mine;
    const aborted = new Promise<CeremonyOutcome>((resolve) => {
      signal.addEventListener("abort", () => resolve({ kind: "aborted" }), { once: true });
    });
    const release = () => {
      if (current === mine) current = undefined;
    };
    const releaseAnswered = () => {
      if (signal.aborted) return;
      release();
      onAnswered();
    };
    try {
      return await Promise.race([ceremony({ signal, onAnswered: releaseAnswered }), aborted]);
    } finally {
      release();
    }
  }

  return {
    run: (startedBy, onAnswered, ceremony) => run(startedBy, onAnswered, ceremony),
    part() {
      const part = {};
      return {
        run: (onAnswered, ceremony) => run("person", onAnswered, ceremony, part),
        end() {
          if (current?.part === part) abort();
        },
      };
    },
    isTakenBy: (startedBy) => current?.startedBy === startedBy,
    end(startedBy) {
      if (current?.startedBy === startedBy) abort();
    },
  };
}

/**
 * Prompts a second time after an outcome that is not the person's doing: the options were too old, or another request
 * held the slot. `onAskedAgain` is called before the second prompt.
 */
export async function twiceIfNeeded(
  once: () => Promise<CeremonyOutcome>,
  kinds: readonly CeremonyOutcome["kind"][],
  onAskedAgain: () => void = () => {},
): Promise<CeremonyOutcome> {
  const outcome = await once();
  if (!kinds.includes(outcome.kind)) return outcome;
  onAskedAgain();
  return once();
}
