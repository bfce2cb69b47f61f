/**
 * needs:    ceremony.ts, and on the page an `<input>` whose `autocomplete` ends in `webauthn` while it is resumed.
 * does:     owns the one pending autofill request for as long as the app lives: starts it without any dialog,
 *           renews its challenge before it expires and when the person returns to the tab, starts it again after
 *           a failure, an offline blip or a cancelled prompt.
 * must not: be created by a view (views come and go, the request must not), or show anything by itself.
 */
import { canUseAutofill } from "./capabilities.ts";
import type { Ceremonies } from "./ceremony.ts";
import type { CeremonyOutcome } from "./ceremony-outcome.ts";
import { keepRenewed, pauseAfter } from "./renewal.ts";

export interface Autofill {
  /** A sign-in field is on the page and nothing else asks for a passkey. */
  resume(): void;
  /** The field is gone, or the person pressed the passkey button. Nothing stays pending. */
  pause(): void;
}

export interface AutofillDeps {
  readonly ceremonies: Pick<Ceremonies, "prepareAutofill" | "signInByAutofill" | "cancelAutofill">;
  /** A passkey was picked and has answered; `onOutcome` follows. */
  onAnswered?(): void;
  /** Every end but our own aborts. Most have no words: see ceremony-failures.ts. */
  onOutcome(outcome: CeremonyOutcome): void;
  /** Milliseconds between renewals. */
  readonly every: number;
}

/** A request that ends sooner than this was not answered by a person. */
const shortestHumanAnswer = 3_000;

export function createAutofill({ ceremonies, onAnswered, onOutcome, every }: AutofillDeps): Autofill {
  let life: AbortController | undefined;
  let quickEnds = 0;

  async function live(signal: AbortSignal): Promise<void> {
    if (!(await canUseAutofill()) || signal.aborted) return;
    const renewal = keepRenewed({
      every,
      signal,
      async renew() {
        // The old request stays pending until a new challenge is here: a dropped connection costs nothing.
        const isReady = await ceremonies.prepareAutofill();
        if (!isReady || signal.aborted) return false;
        void request();
        return true;
      },
    });

    async function request(): Promise<void> {
      const startedAt = Date.now();
      const outcome = await ceremonies.signInByAutofill(onAnswered);
      // What has been answered goes on to its end, also when the field is gone by now.
      if (signal.aborted && outcome.kind === "succeeded") return onOutcome(outcome);
      if (signal.aborted || outcome.kind === "aborted") return;
      if (
        outcome.kind === "succeeded" ||
        outcome.kind === "unsupported" ||
        outcome.kind === "misconfigured"
      ) {
        pause();
      } else {
        quickEnds = Date.now() - startedAt < shortestHumanAnswer ? quickEnds + 1 : 0;
        renewal.soon(quickEnds === 0 ? 0 : pauseAfter(quickEnds));
      }
      onOutcome(outcome);
    }
  }

  function resume(): void {
    if (life !== undefined) return;
    life = new AbortController();
    void live(life.signal);
  }

  function pause(): void {
    if (life === undefined) return;
    life.abort();
    life = undefined;
    ceremonies.cancelAutofill();
  }

  return { resume, pause };
}
