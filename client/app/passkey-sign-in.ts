/**
 * needs:    ceremony.ts, autofill.ts, ceremony-failures.ts, misconfiguration.ts, signals.ts.
 * does:     is the part of the app that runs passkeys, loaded beside the first paint together with the SDK: owns in
 *           which order requests to the authenticator begin and end while somebody signs in.
 * must not: be imported statically by a view: the email path has to work before and without it.
 */
import { createAccountApi } from "../api/account-api.ts";
import { remember } from "../dom/local-storage.ts";
import { announce } from "../dom/status.ts";
import { createAutofill } from "../passkeys/autofill.ts";
import { type Ceremonies, createCeremonies } from "../passkeys/ceremony.ts";
import type { CeremonyOutcome } from "../passkeys/ceremony-outcome.ts";
import { isFromAnotherDevice } from "../passkeys/cross-device.ts";
import { reportMisconfiguration } from "../passkeys/misconfiguration.ts";
import { defaultFreshFor } from "../passkeys/prefetch.ts";
import { keepRenewed } from "../passkeys/renewal.ts";
import { signalUnknownCredential } from "../passkeys/signals.ts";
import { failureOf } from "../words/ceremony-failures.ts";
import { type Failure, failureOfError, noFailure } from "../words/failures.ts";
import { t } from "../words/language.ts";
import { type AppContext, paths } from "./app-context.ts";

export interface PasskeySignIn {
  readonly ceremonies: Ceremonies;
  /** While a sign-in view is there: autofill is armed, and the button has what it needs. */
  arm(signal: AbortSignal): void;
  /** The passkey button. Call it straight from the click. */
  signIn(onFinishing: () => void, onAskedAgain: () => void): Promise<Failure>;
  /** For every outcome, before it gets its words: tells the developer and the password manager what concerns them. */
  reportOutcome(outcome: CeremonyOutcome): void;
}

type Success = Extract<CeremonyOutcome, { kind: "succeeded" }>;

/** Of a passkey that was picked from autofill: it has answered, or it came to nothing and why. */
export type AutofillProgress = "finishing" | Failure;

export function createPasskeySignIn(
  context: AppContext,
  tell: (news: AutofillProgress) => void,
): PasskeySignIn {
  const { enter } = context;
  const api = createAccountApi(context.api);
  const ceremonies = createCeremonies({ config: api.getConfig });
  let isAnswered = false;
  const autofill = createAutofill({
    ceremonies,
    every: defaultFreshFor,
    onAnswered() {
      isAnswered = true;
      announce(t("ceremony.finishing"));
      tell("finishing");
    },
    onOutcome: onAutofillOutcome,
  });

  async function onAutofillOutcome(outcome: CeremonyOutcome): Promise<void> {
    const wasPicked = isAnswered;
    isAnswered = false;
    reportOutcome(outcome);
    let failure = failureOf(outcome.kind, "autofill");
    if (outcome.kind === "succeeded") {
      try {
        return await finish(outcome);
      } catch (error) {
        failure = failureOfError(error);
        resume();
      }
    }
    if (!wasPicked) return;
    announce("");
    tell(failure);
  }

  async function finish({ resultToken, attachment, credentialId }: Success): Promise<void> {
    const crossDevice = attachment === "cross-platform";
    const signedIn = await api.finishPasskeySignIn(resultToken, crossDevice ? { crossDevice } : {});
    if (!crossDevice) remember("account", signedIn.user.email);
    if (!signedIn.offerPasskey) return enter(signedIn, "passkey");
    const isDue = await isFromAnotherDevice(credentialId, api.listPasskeys);
    return enter({ ...signedIn, offerPasskey: isDue }, "cross-device passkey");
  }

  /** Without a field there is nowhere for the browser to show passkeys. */
  function armAutofill(): void {
    if (document.querySelector('[autocomplete~="webauthn"]') !== null) autofill.resume();
  }

  /** Whoever cancelled may still pick a passkey from the field, or press the button again. */
  function resume(): void {
    if (location.pathname !== paths.signIn) return;
    armAutofill();
    void ceremonies.prepareSignIn();
  }

  function reportOutcome(outcome: CeremonyOutcome): void {
    const { kind } = outcome;
    if (kind === "misconfigured") void api.getConfig().then(reportMisconfiguration, () => {});
    if (kind !== "unknownCredential" || outcome.refusedCredentialId === undefined) return;
    const credentialId = outcome.refusedCredentialId;
    void api.getConfig().then(
      ({ rpId }) => signalUnknownCredential(rpId, credentialId),
      () => {},
    );
  }

  return {
    ceremonies,
    reportOutcome,

    arm(signal) {
      if (signal.aborted) return;
      armAutofill();
      keepRenewed({ renew: ceremonies.prepareSignIn, every: defaultFreshFor, signal });
      const disarm = () => {
        autofill.pause();
        ceremonies.cancel();
      };
      signal.addEventListener("abort", disarm, { once: true });
    },

    async signIn(onFinishing, onAskedAgain) {
      // First the pending autofill request ends, then the prompt opens: a browser takes only one at a time.
      autofill.pause();
      const outcome = await ceremonies.signIn(onFinishing, onAskedAgain);
      reportOutcome(outcome);
      if (outcome.kind !== "succeeded") {
        resume();
        return failureOf(outcome.kind, "button");
      }
      try {
        await finish(outcome);
        return noFailure;
      } catch (error) {
        resume();
        throw error;
      }
    },
  };
}
