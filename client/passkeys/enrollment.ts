/**
 * needs:    ceremony.ts, a session, functions that call our server (http/account-api.ts has them).
 * does:     enrolls a passkey: fetches and renews token and options while the view is open, so that a click only
 *           prompts; then the ceremony; then our server's finish.
 * must not: start the ceremony without a click, or retry what our server denied: a session that is not fresh needs a
 *           step-up first (`onBlocked`).
 */
import type { EnrollmentToken } from "./authsignal-api.ts";
import type { Ceremonies, PasskeyHome } from "./ceremony.ts";
import type { CeremonyOutcome } from "./ceremony-outcome.ts";
import { type CodedError, hasCode } from "./coded-error.ts";
import { canUsePasskeys } from "./passkey-support.ts";
import { defaultFreshFor } from "./prefetch.ts";
import { keepRenewed } from "./renewal.ts";
import { signalUnknownCredential } from "./signals.ts";

export interface EnrollmentFlow {
  /** Call it straight from the click. After `onAnswered` the passkey exists, and cancelling has no effect. */
  run(onAnswered?: () => void, home?: PasskeyHome): Promise<CeremonyOutcome>;
  stop(): void;
}

/** Calls of our server. A problem that it answers rejects with an error that has the problem's `code`. */
export interface EnrollmentApi {
  /** `POST /enroll-token`. */
  createEnrollToken(): Promise<EnrollmentToken>;
  /** `POST /validate`. */
  finishEnrollment(resultToken: string): Promise<unknown>;
  /** `GET /config`. */
  getConfig(): Promise<{ readonly rpId: string }>;
}

export interface EnrollmentDeps {
  readonly ceremonies: Ceremonies;
  readonly api: EnrollmentApi;
  /** `platform` for the offer on this device, `any` where the person chooses. */
  readonly attachment: "platform" | "any";
  /** Everything for a click is fetched, or could not be: the click then says why. Comes again with each renewal. */
  onPrepared?(): void;
  /** Our server does not begin an enrollment now, and would not if it were asked again: step up, or say why. */
  onBlocked?(error: CodedError): void;
}

export function prepareEnrollment(deps: EnrollmentDeps): EnrollmentFlow {
  const { ceremonies, api, attachment, onBlocked, onPrepared } = deps;
  const life = new AbortController();
  const { signal } = life;
  const enrollment = ceremonies.enrollment(begin, attachment);
  if (canUsePasskeys()) keepRenewed({ renew, every: defaultFreshFor, signal });

  async function renew() {
    const isReady = await enrollment.prepare();
    onPrepared?.();
    return isReady;
  }

  async function begin() {
    try {
      return await api.createEnrollToken();
    } catch (error) {
      if (hasCode(error, finalCodes) && !signal.aborted) {
        life.abort();
        onBlocked?.(error);
      }
      throw error;
    }
  }

  /** The outcome says what happened, whether or not the password manager can be told. */
  async function forgetRefused(credentialId: string): Promise<void> {
    const config = await api.getConfig().catch(() => undefined);
    if (config !== undefined) await signalUnknownCredential(config.rpId, credentialId);
  }

  return {
    async run(onAnswered = () => {}, home) {
      const outcome = await enrollment.run(onAnswered, home);
      if (outcome.kind === "succeeded") {
        await api.finishEnrollment(outcome.resultToken);
        return outcome;
      }
      // The device has a passkey that Authsignal refused: it would never work.
      const { refusedCredentialId } = outcome;
      if (refusedCredentialId !== undefined) void forgetRefused(refusedCredentialId);
      if (!signal.aborted) void enrollment.prepare();
      return outcome;
    },
    stop() {
      life.abort();
      enrollment.cancel();
    },
  };
}

const finalCodes: readonly string[] = [
  "step_up_required",
  "limited_session",
  "passkey_limit_reached",
  "tenant_misconfigured",
  "not_authenticated",
];
