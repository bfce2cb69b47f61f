/**
 * Signs people in with a passkey, by the button and by autofill. Loaded with the SDK after the first paint, so no view
 * may import it statically: signing in with a code works without it.
 */

import { forget, remember } from "../dom/local-storage.ts";
import { announce } from "../dom/status.ts";
import { createAccountApi } from "../http/account-api.ts";
import type { Api } from "../http/api.ts";
import { askOffers } from "../http/features.ts";
import { createAutofill } from "../passkeys/autofill.ts";
import { canAnswerAtOnce, canUseRpId } from "../passkeys/capabilities.ts";
import { type Ceremonies, createCeremonies } from "../passkeys/ceremony.ts";
import type { CeremonyOutcome, CeremonySuccess } from "../passkeys/ceremony-outcome.ts";
import { reportMisconfiguration } from "../passkeys/misconfiguration.ts";
import { defaultFreshFor } from "../passkeys/prefetch.ts";
import { keepRenewed } from "../passkeys/renewal.ts";
import { signalUnknownCredential } from "../passkeys/signals.ts";
import { failureOf } from "../words/ceremony-failures.ts";
import { type Failure, failureOfError, noFailure } from "../words/failures.ts";
import { t } from "../words/language.ts";
import { reportOutcome, reportRefusal } from "./ceremony-reports.ts";
import { isFromAnotherDevice } from "./cross-device.ts";
import { type EnterDeps, enter } from "./enter.ts";
import { rememberPasskeyHere } from "./passkeys-here.ts";
import { greetedAccount, paths } from "./paths.ts";

export interface PasskeySignIn {
  readonly ceremonies: Ceremonies;
  /** Until `signal` aborts: keeps an autofill request pending, and the options of the button fetched. */
  keepReady(signal: AbortSignal): void;
  /** The passkey button. Call it straight from the click. `onAskedAgain`: a second prompt follows a late answer. */
  signIn(onFinishing: () => void, onAskedAgain: () => void): Promise<Failure>;
  /**
   * Passes the outcome of an enrollment or a step-up on. Logs a misconfiguration for the developer, tells the password
   * manager of a deleted passkey, and reports the ceremony to our server.
   */
  reported(flow: "enrollment" | "step-up", running: Promise<CeremonyOutcome>): Promise<CeremonyOutcome>;
}

/** Of a passkey picked from autofill: the authenticator has answered, or the sign-in failed. Or there is nothing to pick. */
export type AutofillProgress = "finishing" | "unusable" | Failure;

export interface PasskeySignInDeps extends EnterDeps {
  readonly api: Api;
  onAutofill(progress: AutofillProgress): void;
}

export function createPasskeySignIn(deps: PasskeySignInDeps): PasskeySignIn {
  const { onAutofill } = deps;
  const api = createAccountApi(deps.api);
  const ceremonies = createCeremonies({ config: api.getConfig, keepSignInReady: false });
  let isAnswered = false;
  /** When the view that offers passkeys was shown: a sign-in by autofill begins there. */
  let readyAt = 0;
  /** The browser answers at once if it has no passkey, and has not done so in this view. */
  let isImmediate = false;
  const autofill = createAutofill({
    ceremonies,
    every: defaultFreshFor,
    onAnswered() {
      isAnswered = true;
      announce(t("ceremony.finishing"));
      onAutofill("finishing");
    },
    onOutcome: onAutofillOutcome,
  });

  async function onAutofillOutcome(outcome: CeremonyOutcome): Promise<void> {
    const wasPicked = isAnswered;
    isAnswered = false;
    noteOutcome(outcome);
    let failure = failureOf(outcome.kind, "autofill");
    if (outcome.kind === "succeeded") {
      try {
        return await finish("autofill", outcome, readyAt);
      } catch (error) {
        failure = failureOfError(error);
        resume();
      }
    }
    if (!wasPicked) return;
    if (outcome.kind !== "succeeded") reportOutcome(deps.api, "autofill", outcome, readyAt);
    announce("");
    onAutofill(failure);
  }

  async function signIn(onFinishing: () => void, onAskedAgain: () => void): Promise<Failure> {
    // A browser allows one request at a time: the pending autofill request ends before the prompt opens.
    autofill.pause();
    const mode = isImmediate ? "immediate" : "button";
    const beganAt = performance.now();
    const outcome = await ceremonies.signIn(onFinishing, onAskedAgain, mode);
    noteOutcome(outcome);
    if (outcome.kind !== "succeeded") {
      reportOutcome(deps.api, "button", outcome, beganAt);
      deps.visit.passkeyFailed = true;
      resume();
      const hasCodes = (await askOffers(api))("emailCodes");
      if (outcome.kind === "cancelled" && mode === "immediate") {
        isImmediate = false;
        const words = t(hasCodes ? "failure.noneHere" : "failure.noneHereAlone");
        return { words, isQuiet: true, pause: 0, next: t("signIn.otherDevice") };
      }
      return failureOf(outcome.kind, hasCodes ? "button" : "buttonAlone");
    }
    try {
      await finish("button", outcome, beganAt);
      return noFailure;
    } catch (error) {
      resume();
      throw error;
    }
  }

  async function finish(
    flow: "button" | "autofill",
    outcome: CeremonySuccess,
    beganAt: number,
  ): Promise<void> {
    const { resultToken, attachment, credentialId } = outcome;
    const crossDevice = attachment === "cross-platform";
    const greeted = greetedAccount();
    const signedIn = await api
      .finishPasskeySignIn(resultToken, crossDevice ? { crossDevice } : {})
      .catch((error: unknown) => {
        reportRefusal(deps.api, flow, error);
        throw error;
      });
    reportOutcome(deps.api, flow, outcome, beganAt);
    deps.visit.cameByCode = false;
    if (greeted !== null && greeted !== signedIn.user.email)
      deps.visit.accountNotice = ["welcome.otherPerson"];
    if (!crossDevice) {
      remember("account", signedIn.user.email);
      rememberPasskeyHere(credentialId);
    }
    if (!signedIn.offerPasskey) return enter(deps, signedIn);
    const isDue = await isFromAnotherDevice(credentialId, api.listPasskeys);
    return enter(deps, { ...signedIn, offerPasskey: isDue }, { crossDevice: true });
  }

  /** After a failure the person can pick a passkey from the field or press the button again. */
  function resume(): void {
    if (location.pathname !== paths.signIn) return;
    resumeAutofill();
    void ceremonies.prepareSignIn();
  }

  /** Without a field the browser has no place to show passkeys. */
  function resumeAutofill(): void {
    if (document.querySelector('[autocomplete~="webauthn"]') !== null) autofill.resume();
  }

  async function tellIfUnusable(signal: AbortSignal): Promise<void> {
    const config = await api.getConfig().catch(() => null);
    if (config === null || (await canUseRpId(config.rpId)) || signal.aborted) return;
    onAutofill("unusable");
  }

  function keepReady(signal: AbortSignal): void {
    if (signal.aborted) return;
    readyAt = performance.now();
    void canAnswerAtOnce().then((can) => {
      isImmediate = can;
    });
    void tellIfUnusable(signal);
    resumeAutofill();
    keepRenewed({ renew: ceremonies.prepareSignIn, every: defaultFreshFor, signal });
    const stop = () => {
      autofill.pause();
      ceremonies.cancel();
    };
    signal.addEventListener("abort", stop, { once: true });
  }

  async function reported(
    flow: "enrollment" | "step-up",
    running: Promise<CeremonyOutcome>,
  ): Promise<CeremonyOutcome> {
    const beganAt = performance.now();
    try {
      const outcome = await running;
      noteOutcome(outcome);
      reportOutcome(deps.api, flow, outcome, beganAt);
      return outcome;
    } catch (error) {
      reportRefusal(deps.api, flow, error);
      throw error;
    }
  }

  function noteOutcome(outcome: CeremonyOutcome): void {
    const { kind } = outcome;
    if (kind === "misconfigured") void api.getConfig().then(reportMisconfiguration, () => {});
    // In a session the list of accepted passkeys tells the password manager: a wrong signal here deletes for good.
    if (deps.visit.user !== null) return;
    if (kind !== "unknownCredential" || outcome.refusedCredentialId === undefined) return;
    deps.visit.passkeyFailed = true;
    // The greeting would offer it again.
    forget("account");
    const credentialId = outcome.refusedCredentialId;
    void api.getConfig().then(
      ({ rpId }) => signalUnknownCredential(rpId, credentialId),
      () => {},
    );
  }

  return { ceremonies, keepReady, signIn, reported };
}
