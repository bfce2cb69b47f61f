/**
 * What each operation takes and answers: the one description of our API. The server parses by it, OpenAPI is
 * generated from it, and the tests check every answer against it.
 */
import type { z } from "zod";
import {
  ActivityResponse,
  CeremonyReport,
  ChallengeOtpRequest,
  ChallengeOtpResponse,
  ConfigResponse,
  EnrollTokenRequest,
  EnrollTokenResponse,
  NotMeRequest,
  NotMeResponse,
  Passkey,
  PasskeyOfferRequest,
  PasskeysResponse,
  RecoveryRequest,
  RecoveryResponse,
  RenamePasskeyRequest,
  SessionResponse,
  SessionsResponse,
  SignedInResponse,
  StepUpTokenRequest,
  StepUpTokenResponse,
  ValidateRequest,
  ValidateResponse,
  VerifyOtpRequest,
} from "./contract.ts";
import type { ProblemCode } from "./problem.ts";
import type { OperationName } from "./routes.ts";

export interface OperationDescription {
  readonly summary: string;
  readonly request?: z.ZodType;
  readonly status: 200 | 202 | 204;
  /** The body on success; none with 204. */
  readonly answer?: z.ZodType;
  /** The problems of this operation, besides those that any request can meet (`commonProblems`). */
  readonly problems: readonly ProblemCode[];
}

/** Any request can be answered with these. */
export const commonProblems = [
  "cross_site_request",
  "malformed_json",
  "payload_too_large",
  "unsupported_media_type",
  "internal_error",
] as const satisfies readonly ProblemCode[];

const tokenProblems = [
  "challenge_failed",
  "challenge_expired",
  "token_mismatch",
  "token_already_used",
] as const satisfies readonly ProblemCode[];

export const operations = {
  challengeOtp: {
    summary: "Send a one-time code to an e-mail address. The answer is the same for known and unknown ones.",
    request: ChallengeOtpRequest,
    status: 202,
    answer: ChallengeOtpResponse,
    problems: ["validation_failed", "rate_limited", "upstream_unavailable"],
  },
  verifyOtp: {
    summary: "Sign in with the code that this browser asked for; for a signed-in user, prove it again.",
    request: VerifyOtpRequest,
    status: 200,
    answer: SignedInResponse,
    problems: [
      "validation_failed",
      "not_authenticated",
      "otp_not_requested",
      "otp_incorrect",
      "otp_expired",
      "otp_attempts_exceeded",
      "no_account",
      "rate_limited",
      "upstream_unavailable",
    ],
  },
  createEnrollToken: {
    summary: "Begin a passkey enrollment. Needs a fresh sign-in.",
    request: EnrollTokenRequest,
    status: 200,
    answer: EnrollTokenResponse,
    problems: [
      "validation_failed",
      "not_authenticated",
      "limited_session",
      "step_up_required",
      "passkey_limit_reached",
      "rate_limited",
      "upstream_unavailable",
      "tenant_misconfigured",
    ],
  },
  createStepUpToken: {
    summary: "Begin a step-up: a passkey of the signed-in user, for one action.",
    request: StepUpTokenRequest,
    status: 200,
    answer: StepUpTokenResponse,
    problems: [
      "validation_failed",
      "not_authenticated",
      "step_up_required",
      "passkey_required",
      "rate_limited",
      "upstream_unavailable",
      "tenant_misconfigured",
    ],
  },
  validate: {
    summary: "Finish a ceremony: a sign-in, an enrollment or a step-up, as the action says.",
    request: ValidateRequest,
    status: 200,
    answer: ValidateResponse,
    problems: [
      "validation_failed",
      "not_authenticated",
      "limited_session",
      "passkey_limit_reached",
      "rate_limited",
      "upstream_unavailable",
      "sign_in_not_begun",
      ...tokenProblems,
    ],
  },
  getSession: {
    summary: "The user who is signed in; null for a visitor.",
    status: 200,
    answer: SessionResponse,
    problems: ["upstream_unavailable"],
  },
  deleteSession: { summary: "Sign out.", status: 204, problems: ["upstream_unavailable"] },
  listSessions: {
    summary: "The signed-in user's sessions: this one first, then by when they were last seen.",
    status: 200,
    answer: SessionsResponse,
    problems: ["not_authenticated", "rate_limited", "upstream_unavailable"],
  },
  endSession: {
    summary: "End one session. Needs a fresh sign-in, but for this one.",
    status: 204,
    problems: [
      "not_authenticated",
      "limited_session",
      "step_up_required",
      "session_not_found",
      "rate_limited",
      "upstream_unavailable",
    ],
  },
  endOtherSessions: {
    summary: "End all sessions of the signed-in user but this one. Needs a fresh sign-in.",
    status: 204,
    problems: [
      "not_authenticated",
      "limited_session",
      "step_up_required",
      "rate_limited",
      "upstream_unavailable",
    ],
  },
  beginRecovery: {
    summary:
      "Begin recovery, in a limited session: after an announced wait, codes open the account as a passkey does. A second call answers the first one's recovery.",
    request: RecoveryRequest,
    status: 200,
    answer: RecoveryResponse,
    problems: [
      "validation_failed",
      "not_authenticated",
      "recovery_not_needed",
      "not_found",
      "rate_limited",
      "upstream_unavailable",
    ],
  },
  cancelRecovery: {
    summary: "Cancel the account's recovery, also after its end. Needs a session that is not limited.",
    status: 204,
    problems: [
      "not_authenticated",
      "limited_session",
      "recovery_not_found",
      "not_found",
      "rate_limited",
      "upstream_unavailable",
    ],
  },
  deleteAccount: {
    summary: "Delete the signed-in user's account, for good. Needs a fresh sign-in.",
    status: 204,
    problems: [
      "not_authenticated",
      "limited_session",
      "step_up_required",
      "not_found",
      "rate_limited",
      "upstream_unavailable",
    ],
  },
  listPasskeys: {
    summary: "The signed-in user's passkeys, oldest first.",
    status: 200,
    answer: PasskeysResponse,
    problems: ["not_authenticated", "rate_limited", "upstream_unavailable"],
  },
  renamePasskey: {
    summary: "Rename a passkey.",
    request: RenamePasskeyRequest,
    status: 200,
    answer: Passkey,
    problems: [
      "validation_failed",
      "not_authenticated",
      "limited_session",
      "passkey_not_found",
      "rate_limited",
      "upstream_unavailable",
    ],
  },
  deletePasskey: {
    summary: "Delete a passkey. Needs a fresh sign-in.",
    status: 204,
    problems: [
      "not_authenticated",
      "limited_session",
      "step_up_required",
      "passkey_not_found",
      "rate_limited",
      "upstream_unavailable",
    ],
  },
  answerPasskeyOffer: {
    summary: 'Keep the answer to "create a passkey?" on the account.',
    request: PasskeyOfferRequest,
    status: 204,
    problems: ["validation_failed", "not_authenticated", "upstream_unavailable"],
  },
  listActivity: {
    summary:
      "What was done with the signed-in user's account in the last 90 days: the newest 50 events, newest first.",
    status: 200,
    answer: ActivityResponse,
    problems: ["not_authenticated", "rate_limited", "upstream_unavailable"],
  },
  reportCeremony: {
    summary:
      "Tell how a ceremony or an offer went, in fixed words. Needs no session; says nothing of the person.",
    request: CeremonyReport,
    status: 204,
    problems: ["validation_failed", "rate_limited", "upstream_unavailable"],
  },
  reportNotMe: {
    summary:
      '"This wasn\'t me" of a notice: ends all sessions of the account. Needs no session. A link works once, for a week.',
    request: NotMeRequest,
    status: 200,
    answer: NotMeResponse,
    problems: ["validation_failed", "not_found", "upstream_unavailable"],
  },
  getConfig: {
    summary: "What the browser SDK needs.",
    status: 200,
    answer: ConfigResponse,
    problems: [],
  },
} as const satisfies Record<OperationName, OperationDescription>;
