/**
 * needs:    messages.ts, ceremony-outcome.ts, the error codes of api.ts.
 * does:     says in one place what each failure means for the person, per flow. `null` is silence, on purpose.
 * must not: be known to ceremony.ts: outcomes are facts, words are ours.
 */
import { ApiError, type ApiErrorCode } from "./api.ts";
import type { FailureKind } from "./ceremony-outcome.ts";
import { t } from "./language.ts";
import type { MessageKey } from "./messages.ts";

export type Flow = "button" | "autofill" | "create";

export const failureWords: Readonly<Record<FailureKind, Readonly<Record<Flow, MessageKey | null>>>> = {
  cancelled: { button: "failure.cancelled", autofill: null, create: "failure.notCreated" },
  aborted: { button: null, autofill: null, create: null },
  alreadyRegistered: { button: null, autofill: null, create: "failure.alreadyRegistered" },
  misconfigured: {
    button: "failure.misconfigured",
    autofill: null,
    create: "failure.misconfiguredCreate",
  },
  unsupported: { button: "failure.unsupported", autofill: null, create: "failure.unsupportedCreate" },
  busy: { button: "failure.busy", autofill: null, create: "failure.busyCreate" },
  authenticatorFailed: {
    button: "failure.authenticatorFailed",
    autofill: null,
    create: "failure.authenticatorFailedCreate",
  },
  expired: { button: "failure.expired", autofill: null, create: "failure.expired" },
  unknownCredential: {
    button: "failure.unknownCredential",
    autofill: "failure.unknownCredential",
    create: "failure.refusedCreate",
  },
  refused: { button: "failure.refused", autofill: "failure.refused", create: "failure.refusedCreate" },
  rateLimited: { button: "failure.rateLimited", autofill: null, create: "failure.rateLimited" },
  unreachable: { button: "failure.unreachable", autofill: null, create: "failure.unreachable" },
  ignored: { button: null, autofill: null, create: null },
};

export function explainFailure(kind: FailureKind, flow: Flow): string | null {
  const key = failureWords[kind][flow];
  return key === null ? null : t(key);
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

/** Words for a failed call of our API; rethrows what is not one, because that is a bug. */
export function explainError(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  const { code, problem } = error;
  if (code === "otp_incorrect" && problem?.attemptsLeft !== undefined) {
    return t("otp.attemptsLeft", { count: problem.attemptsLeft });
  }
  return t(problemWords[code], { count: problem?.retryAfter ?? 60, requestId: problem?.requestId ?? "" });
}
