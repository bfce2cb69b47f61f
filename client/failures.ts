/**
 * needs:    messages.ts, ceremony-outcome.ts, the error codes of api.ts.
 * does:     says in one place what each failure means for the person, per flow. `null` is silence, on purpose.
 * must not: be known to ceremony.ts: outcomes are facts, words are ours.
 */
import { ApiError, type ApiErrorCode } from "./api.ts";
import type { FailureKind } from "./ceremony-outcome.ts";
import { t } from "./language.ts";
import type { MessageKey } from "./messages.ts";

export type Flow = "button" | "autofill" | "create" | "stepUp";
type Words = Readonly<Record<Flow, MessageKey | null>>;

/** Silence: there is nothing that the person could do about it, or they did it themselves. */
const silence: Words = { button: null, autofill: null, create: null, stepUp: null };

/** Autofill is quiet unless the person picked a passkey and it was not good. */
function words(button: MessageKey, create: MessageKey = button, stepUp: MessageKey = create): Words {
  return { button, autofill: null, create, stepUp };
}

export const failureWords: Readonly<Record<FailureKind, Words>> = {
  cancelled: words("failure.cancelled", "failure.notCreated", "failure.notConfirmed"),
  aborted: silence,
  alreadyRegistered: { ...silence, create: "failure.alreadyRegistered" },
  misconfigured: words("failure.misconfigured", "failure.misconfiguredCreate", "failure.misconfiguredStepUp"),
  unsupported: words("failure.unsupported", "failure.unsupportedCreate", "failure.unsupportedStepUp"),
  busy: words("failure.busy", "failure.busyCreate"),
  authenticatorFailed: words("failure.authenticatorFailed", "failure.authenticatorFailedCreate"),
  expired: words("failure.expired"),
  unknownCredential: {
    ...words("failure.unknownCredential", "failure.refusedCreate", "failure.unknownCredentialStepUp"),
    autofill: "failure.unknownCredential",
  },
  refused: {
    ...words("failure.refused", "failure.refusedCreate", "failure.refusedStepUp"),
    autofill: "failure.refused",
  },
  rateLimited: words("problem.rateLimited"),
  unreachable: words("failure.unreachable"),
  ignored: silence,
};

/** Authsignal does not say how long to wait; half a minute is longer than its shortest window asks for. */
const pauseOfAuthsignal = 30;

export interface Failure {
  readonly words: string;
  /** A cancel is no failure: nobody is blamed, nothing is red. */
  readonly isQuiet: boolean;
  /** Seconds during which trying again is of no use. */
  readonly pause: number;
}

export const noFailure: Failure = { words: "", isQuiet: true, pause: 0 };

export function failureOf(kind: FailureKind | "succeeded", flow: Flow): Failure {
  const key = kind === "succeeded" ? null : failureWords[kind][flow];
  if (key === null) return noFailure;
  return {
    words: t(key, { count: pauseOfAuthsignal }),
    isQuiet: kind === "cancelled" || kind === "alreadyRegistered",
    pause: kind === "rateLimited" ? pauseOfAuthsignal : 0,
  };
}

const problemWords: Readonly<Record<ApiErrorCode, MessageKey>> = {
  validation_failed: "problem.rejected",
  malformed_json: "problem.rejected",
  payload_too_large: "problem.rejected",
  unsupported_media_type: "problem.rejected",
  cross_site_request: "problem.rejected",
  not_authenticated: "problem.notAuthenticated",
  step_up_required: "problem.stepUpRequired",
  otp_not_requested: "problem.otpNotRequested",
  otp_incorrect: "otp.incorrect",
  otp_expired: "problem.otpExpired",
  otp_attempts_exceeded: "problem.otpAttemptsExceeded",
  challenge_failed: "failure.refused",
  challenge_expired: "failure.expired",
  token_mismatch: "failure.refused",
  token_already_used: "failure.expired",
  rate_limited: "problem.rateLimited",
  upstream_unavailable: "failure.unreachable",
  unreachable: "failure.unreachable",
  passkey_not_found: "problem.passkeyNotFound",
  passkey_limit_reached: "problem.passkeyLimitReached",
  not_found: "problem.rejected",
  internal_error: "problem.internal",
};

/** A failed call of our API; rethrows what is not one, because that is a bug. */
export function failureOfError(error: unknown): Failure {
  const pause = error instanceof ApiError && error.code === "rate_limited" ? pauseIn(error) : 0;
  return { words: explainError(error), isQuiet: false, pause };
}

export function explainError(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  const { code, problem } = error;
  if (code === "otp_incorrect" && problem?.attemptsLeft !== undefined) {
    return t("otp.attemptsLeft", { count: problem.attemptsLeft });
  }
  return t(problemWords[code], { count: pauseIn(error), requestId: problem?.requestId ?? "" });
}

function pauseIn({ problem }: ApiError): number {
  return problem?.retryAfter ?? pauseOfAuthsignal;
}

/** Into an element with the class `failure` and the role `alert`. */
export function showFailure(element: HTMLElement, { words, isQuiet }: Failure): void {
  element.dataset.tone = isQuiet ? "quiet" : "loud";
  if (element.textContent !== words) element.textContent = words;
}
