/**
 * needs:    api.ts, ceremony.ts, a session that is fresh.
 * does:     the browser's part of enrolling a passkey: begin and options are fetched while the view is open and
 *           renewed, so that a click only prompts; then the ceremony; then our server's finish.
 * must not: start the ceremony without a click.
 */
import type { Api } from "./api.ts";
import { canUsePasskeys } from "./capabilities.ts";
import { type Ceremonies, defaultFreshFor } from "./ceremony.ts";
import type { CeremonyOutcome } from "./ceremony-outcome.ts";
import { keepRenewed } from "./renewal.ts";

export interface EnrollmentFlow {
  /** Call it straight from the click. */
  run(): Promise<CeremonyOutcome>;
  stop(): void;
}

export function prepareEnrollment(
  ceremonies: Ceremonies,
  api: Pick<Api, "createEnrollToken" | "finishEnrollment">,
): EnrollmentFlow {
  const life = new AbortController();
  const enrollment = ceremonies.enrollment(api.createEnrollToken);
  if (canUsePasskeys()) {
    keepRenewed({ renew: enrollment.prepare, every: defaultFreshFor, signal: life.signal });
  }
  return {
    async run() {
      const outcome = await enrollment.run();
      if (outcome.kind === "succeeded") await api.finishEnrollment(outcome.resultToken);
      else if (!life.signal.aborted) void enrollment.prepare();
      return outcome;
    },
    stop() {
      life.abort();
      ceremonies.cancel();
    },
  };
}
