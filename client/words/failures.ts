/**
 * needs:    the words of languages/, the error codes of api.ts.
 * does:     maps each failed call of our API to the words that the person reads.
 * must not: read the title or detail of a problem: they are for developers. Codes are the contract.
 */

import { setText } from "../dom/set-text.ts";
import { ApiError, type ApiErrorCode } from "../http/api.ts";
import { currentLanguage, isMessageKey, t } from "./language.ts";

export interface Failure {
  readonly words: string;
  /** A cancel is not an error: shown without red. */
  readonly isQuiet: boolean;
  /** Seconds until trying again makes sense. */
  readonly pause: number;
  /** What the passkey button does now, if not the same. */
  readonly next?: string;
}

export const noFailure: Failure = { words: "", isQuiet: true, pause: 0 };

/** Seconds to wait if the answer does not say: longer than Authsignal's shortest rate-limit window. */
export const usualPause = 30;

/**
 * The codes that a person cannot tell from another one. Every code's words are `problem.<code>`. A code without any means
 * a wrong request: this page is older or newer than the server.
 */
const sameAs: Readonly<Partial<Record<ApiErrorCode, ApiErrorCode>>> = {
  token_mismatch: "challenge_failed",
  token_already_used: "challenge_expired",
  upstream_unavailable: "unreachable",
};

export function failureOfError(error: unknown): Failure {
  const pause = error instanceof ApiError && error.code === "rate_limited" ? pauseIn(error) : 0;
  return { words: explainError(error), isQuiet: false, pause };
}

/** An error of another class is a fault of this page, or of an extension in it: reported as an uncaught error. */
export function explainError(error: unknown): string {
  if (!(error instanceof ApiError)) {
    reportError(error);
    return t("problem.rejected");
  }
  const { code, problem } = error;
  if (code === "otp_incorrect" && problem?.attemptsLeft !== undefined) {
    return t("otp.attemptsLeft", { count: problem.attemptsLeft });
  }
  const key = `problem.${sameAs[code] ?? code}`;
  return t(isMessageKey(key) ? key : "problem.rejected", {
    time: waitOf(pauseIn(error)),
    requestId: problem?.requestId ?? "",
  });
}

/** "30 seconds", "15 minutes". */
export function waitOf(seconds: number): string {
  const [unit, count] = seconds > 90 ? ["minute", Math.ceil(seconds / 60)] : ["second", seconds];
  return new Intl.NumberFormat(currentLanguage(), { style: "unit", unit, unitDisplay: "long" }).format(count);
}

function pauseIn({ problem }: ApiError): number {
  return problem?.retryAfter ?? usualPause;
}

/** `element` has the class `failure` and the role `alert`. */
export function showFailure(element: HTMLElement, { words, isQuiet }: Failure): void {
  element.dataset.tone = isQuiet ? "quiet" : "loud";
  setText(element, words);
}

/** Back to the pressed button; if that now does something else, it says so, and the focus goes to the other way, if any. */
export function focusAfter({ next }: Failure, pressed: HTMLElement, otherWay: HTMLElement): void {
  if (next !== undefined) pressed.lastElementChild?.replaceChildren(next);
  const hasOtherWay = next !== undefined && otherWay.closest("[hidden]") === null;
  (hasOtherWay ? otherWay : pressed).focus();
}
