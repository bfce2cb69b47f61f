/**
 * needs:    ceremony.ts, and while it is resumed an `<input>` on the page whose `autocomplete` ends in `webauthn`.
 * does:     owns the one pending autofill request of the app: starts it without a dialog, renews its challenge before
 *           it expires and when the person returns to the tab, starts it again after a failure or a cancelled prompt.
 * must not: be created by a view (the request outlives views), or show anything.
 */
import { canUseAutofill } from "./capabilities.ts";
import type { Ceremonies } from "./ceremony.ts";
import type { CeremonyOutcome } from "./ceremony-outcome.ts";
import { keepRenewed, pauseAfter } from "./renewal.ts";

export interface Autofill {
  /** Call it when a sign-in field is on the page and no other ceremony runs. */
  resume(): void;
  /** Call it when the field is gone or the passkey button was pressed. Ends the pending request. */
  pause(): void;
}

export interface AutofillDeps {
  readonly ceremonies: Pick<Ceremonies, "prepareSignIn" | "signInByAutofill" | "cancelAutofill">;
  /** A passkey was picked and has answered; `onOutcome` follows. */
  onAnswered?(): void;
  /** Every outcome but our own aborts. Most are not shown to the person: see ceremony-failures.ts. */
  onOutcome(outcome: CeremonyOutcome): void;
  /** Milliseconds between renewals. */
  readonly every: number;
}

/** Milliseconds. A request that ends sooner was not answered by a person. */
const shortestHumanAnswer = 3_000;

export function createAutofill({ ceremonies, onAnswered, onOutcome, every }: AutofillDeps): Autofill {
  let life: AbortController | undefined;
  let quickEnds = 0;
  let latest: symbol | undefined;

  async function live(signal: AbortSignal): Promise<void> {
    if (!(await canUseAutofill()) || signal.aborted) return;
    const renewal = keepRenewed({
      every,
      signal,
      async renew() {
        // The old request stays pending until the new challenge arrived, also while the network is down.
        const isReady = await ceremonies.prepareSignIn();
        if (!isReady || signal.aborted) return false;
        void request();
        return true;
      },
    });

    async function request(): Promise<void> {
      const mine = Symbol();
      latest = mine;
      const startedAt = Date.now();
      const outcome = await ceremonies.signInByAutofill(onAnswered);
      // A picked passkey signs in even if the field is gone by now.
      if (signal.aborted && outcome.kind === "succeeded") return onOutcome(outcome);
      // Replaced by its renewal. Any other end was not ours: a ceremony of the person took its place.
      if (signal.aborted || latest !== mine) return;
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
      if (outcome.kind !== "aborted") onOutcome(outcome);
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
