/**
 * needs:    ceremony.ts, a session, functions that call our server (http/account-api.ts has them).
 * does:     confirms the person by a passkey: fetches and renews token and options while the dialog is open, so that a
 *           click only prompts; then the ceremony; then our server's finish.
 * must not: start the ceremony without a click.
 */
import type { StepUpToken } from "./authsignal-api.ts";
import type { Ceremonies } from "./ceremony.ts";
import type { CeremonyOutcome } from "./ceremony-outcome.ts";
import { hasCode } from "./coded-error.ts";
import { defaultFreshFor } from "./prefetch.ts";
import { keepRenewed } from "./renewal.ts";

/** What exactly is confirmed, for example amount and payee. The same members as the guard of our server takes. */
export type ConfirmedOperation = Readonly<Record<string, string | number | boolean>>;

/** Calls of our server. A problem that it answers rejects with an error that has the problem's `code`. */
export interface StepUpApi {
  /** `POST /step-up-token`. */
  createStepUpToken(action: string, operation?: ConfirmedOperation): Promise<StepUpToken>;
  /** `POST /validate`. */
  finishStepUp(action: string, resultToken: string): Promise<unknown>;
}

export interface StepUpOptions {
  /** Required where `requireStepUp` has a second argument: its grant is for this operation and no other. */
  readonly operation?: ConfirmedOperation | undefined;
  /** False if only a code can be used: fetches nothing. Default true. */
  readonly isWanted?: boolean;
  /** Everything for a click is fetched, or could not be: the click then says why. Comes again with each renewal. */
  onPrepared?(): void;
}

export interface StepUpFlow {
  /** Call it straight from the click. */
  run(onAnswered?: () => void): Promise<CeremonyOutcome>;
  stop(): void;
}

export function prepareStepUp(
  ceremonies: Ceremonies,
  api: StepUpApi,
  action: string,
  { operation, isWanted = true, onPrepared }: StepUpOptions = {},
): StepUpFlow {
  const life = new AbortController();
  const stepUp = ceremonies.stepUp(begin);
  if (isWanted) keepRenewed({ renew, every: defaultFreshFor, signal: life.signal });

  async function renew() {
    const isReady = await stepUp.prepare();
    onPrepared?.();
    return isReady;
  }

  async function begin() {
    try {
      return await api.createStepUpToken(action, operation);
    } catch (error) {
      // Asking again does not help; a click still says what is wrong.
      if (hasCode(error, finalCodes)) life.abort();
      throw error;
    }
  }

  return {
    async run(onAnswered = () => {}) {
      const outcome = await stepUp.run(onAnswered);
      if (outcome.kind === "succeeded") await api.finishStepUp(action, outcome.resultToken);
      else if (!life.signal.aborted) void stepUp.prepare();
      return outcome;
    },
    stop() {
      life.abort();
      stepUp.cancel();
    },
  };
}

const finalCodes: readonly string[] = [
  "tenant_misconfigured",
  "not_authenticated",
  "passkey_required",
  "validation_failed",
];
