/** Part of `operations.ts`: recovery, change of address and deletion of an account. */
import {
  ChallengeOtpResponse,
  EmailChangedResponse,
  EmailChangeRequest,
  RecoveryRequest,
  RecoveryResponse,
  VerifyEmailChangeRequest,
} from "./contract.ts";
import type { OperationDescription } from "./operation-description.ts";

export const accountOperations = {
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
  beginEmailChange: {
    summary:
      "Begin a change of the e-mail address: sends a code to the new one. The answer is the same whether an account has it or not. Needs a fresh sign-in, with a passkey where the account has one.",
    request: EmailChangeRequest,
    status: 202,
    answer: ChallengeOtpResponse,
    problems: [
      "validation_failed",
      "not_authenticated",
      "limited_session",
      "step_up_required",
      "not_found",
      "rate_limited",
      "upstream_unavailable",
    ],
  },
  finishEmailChange: {
    summary: "Finish a change of the e-mail address, in the session that began it, with the code.",
    request: VerifyEmailChangeRequest,
    status: 200,
    answer: EmailChangedResponse,
    problems: [
      "validation_failed",
      "not_authenticated",
      "limited_session",
      "otp_not_requested",
      "otp_incorrect",
      "otp_expired",
      "otp_attempts_exceeded",
      "email_taken",
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
} as const satisfies Record<string, OperationDescription>;
