/**
 * needs:    the words of languages/, the error codes of api.ts.
 * does:     maps each failed call of our API to the words that the person reads.
 * must not: read the title or detail of a problem: they are for developers. Codes are the contract.
 */

import { setText } from "../dom/set-text.ts";
import { ApiError, type ApiErrorCode } from "../http/api.ts";
import { currentLanguage, t } from "./language.ts";
import type { MessageKey } from "./messages.ts";

export interface Failure {
  readonly words: string;
  /** A cancel is not an error: shown without red. */
  readonly isQuiet: boolean;
  /** Seconds until trying again makes sense. */
  readonly pause: number;
}

export const noFailure: Failure = { words: "", isQuiet: true, pause: 0 };

/** Seconds to wait if the answer does not say: longer than Authsignal's shortest rate-limit window. */
export const usualPause = 30;

type WrongRequest =
  | "validation_failed"
  | "malformed_json"
  | "payload_too_large"
  | "unsupported_media_type"
  | "cross_site_request"
  | "not_found";

/** A code that is not listed means a wrong request: this page is older or newer than the server. */
const problemWords: Readonly<Record<Exclude<ApiErrorCode, WrongRequest>, MessageKey>> = {
  not_authenticated: "problem.notAuthenticated",
  step_up_required: "problem.stepUpRequired",
  passkey_required: "problem.passkeyRequired",
  otp_not_requested: "problem.otpNotRequested",
  otp_incorrect: "otp.incorrect",
  otp_expired: "problem.otpExpired",
  otp_attempts_exceeded: "problem.otpAttemptsExceeded",
  no_account: "problem.noAccount",
  challenge_failed: "failure.refused",
  challenge_expired: "failure.expired",
  token_mismatch: "failure.refused",
  token_already_used: "failure.expired",
  rate_limited: "problem.rateLimited",
  upstream_unavailable: "failure.unreachable",
  unreachable: "failure.unreachable",
  tenant_misconfigured: "problem.tenantMisconfigured",
  passkey_not_found: "problem.passkeyNotFound",
  passkey_limit_reached: "problem.passkeyLimitReached",
  internal_error: "problem.internal",
};

/** Rethrows an error that is not an ApiError: that is a bug. */
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
  const key = isListed(code) ? problemWords[code] : "problem.rejected";
  return t(key, { time: waitOf(pauseIn(error)), requestId: problem?.requestId ?? "" });
}

/** "30 seconds", "15 minutes". */
export function waitOf(seconds: number): string {
  const [unit, count] = seconds > 90 ? ["minute", Math.ceil(seconds / 60)] : ["second", seconds];
  return new Intl.NumberFormat(currentLanguage(), { style: "unit", unit, unitDisplay: "long" }).format(count);
}

function isListed(code: ApiErrorCode): code is keyof typeof problemWords {
  return Object.hasOwn(problemWords, code);
}

function pauseIn({ problem }: ApiError): number {
  return problem?.retryAfter ?? usualPause;
}

/** `element` has the class `failure` and the role `alert`. */
export function showFailure(element: HTMLElement, { words, isQuiet }: Failure): void {
  element.dataset.tone = isQuiet ? "quiet" : "loud";
  setText(element, words);
}
