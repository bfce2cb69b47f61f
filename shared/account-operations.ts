/** Part of `operations.ts`: recovery and deletion of an account. */
import { RecoveryRequest, RecoveryResponse } from "./contract.ts";
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
