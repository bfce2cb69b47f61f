/**
 * needs:    account-api.ts, ceremony.ts, a session that is not fresh.
 * does:     confirms the person by a passkey: fetches and renews token and options while the dialog is open, so that a
 *           click only prompts; then the ceremony; then our server's finish.
 * must not: start the ceremony without a click.
 */
import type { AccountApi } from "../http/account-api.ts";
import { ApiError } from "../http/api.ts";
import type { Ceremonies } from "./ceremony.ts";
import type { CeremonyOutcome } from "./ceremony-outcome.ts";
import { defaultFreshFor } from "./prefetch.ts";
import { keepRenewed } from "./renewal.ts";

export interface StepUpFlow {
  /** Call it straight from the click. */
  run(onAnswered?: () => void): Promise<CeremonyOutcome>;
  stop(): void;
}

export function prepareStepUp(
  ceremonies: Ceremonies,
  api: Pick<AccountApi, "createStepUpToken" | "finishStepUp">,
  action: string,
  /** False if only a code can be used: fetches nothing. */
  { isWanted = true } = {},
): StepUpFlow {
  const life = new AbortController();
  const stepUp = ceremonies.stepUp(begin);
  if (isWanted) keepRenewed({ renew: stepUp.prepare, every: defaultFreshFor, signal: life.signal });

  async function begin() {
    try {
      return await api.createStepUpToken(action);
    } catch (error) {
      // Asking again does not help; a click still says what is wrong.
      if (error instanceof ApiError && error.code === "tenant_misconfigured") life.abort();
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
      ceremonies.cancel();
    },
  };
}
