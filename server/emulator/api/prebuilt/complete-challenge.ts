/** Does what a person does on the page at track's `url`: completes the challenge, or enrolls. For tests without a browser. */
import {
  addAuthenticator,
  enrolledAuthenticators,
  enrollmentFactsFor,
  requireEnrollmentScope,
} from "../../domain/authenticator-rules.ts";
import { addressKey } from "../../domain/codes.ts";
import { requirePermitted } from "../../domain/permitted-methods.ts";
import { returnUrl } from "../../domain/prebuilt-ui.ts";
import { recordVerifiedAddress } from "../../domain/proven-address.ts";
import { completeAction, findAction, requireNotBlocked } from "../../domain/tracked-actions.ts";
import type { UserAuthenticator } from "../../tenant/records.ts";
import type { Tenant } from "../../tenant/tenant.ts";
import type { ClientToken } from "../../tenant/tokens.ts";
import { checkAddress } from "../../wire/person-addresses.ts";
import type { VerificationMethod } from "../../wire/wire.ts";
import { invalidRequest } from "../../wire/wire-error.ts";

export interface CompletionWishes {
  /** Default: the method that the page would offer first. */
  readonly verificationMethod?: VerificationMethod | undefined;
  /** Which of the user's addresses answers, or what a user without it enrolls. Default: the tracked address. */
  readonly email?: string | undefined;
  readonly phoneNumber?: string | undefined;
}

export interface CompletedChallenge {
  /** The result token. */
  readonly token: string;
  /** Where the page would return to. */
  readonly redirectUrl: string | undefined;
  readonly verificationMethod: VerificationMethod;
}

export async function completeChallenge(
  tenant: Tenant,
  token: ClientToken,
  wishes: CompletionWishes,
): Promise<CompletedChallenge> {
  requireNotBlocked(tenant, token);
  const { defaultVerificationMethod } = enrollmentFactsFor(tenant, token.userId, token.actionCode);
  const method = wishes.verificationMethod ?? defaultVerificationMethod ?? "EMAIL_OTP";
  requirePermitted(tenant, token.actionCode, method);
  const key = hasNoAddress(method) ? undefined : addressKey(method);
  for (const name of ["email", "phoneNumber"] as const)
    if (name !== key && wishes[name] !== undefined)
      throw invalidRequest(`${name} has no effect on a challenge by ${method}.`);
  const wanted = key && wishes[key];
  const authenticator =
    enrolledAuthenticators(tenant, token.userId).find(
      (one) =>
        one.verificationMethod === method &&
        (wanted === undefined || wanted === (one.email ?? one.phoneNumber)),
    ) ?? enroll(tenant, token, method, wishes);
  const resultToken = await completeAction(tenant, { ...token, authenticator });
  const redirectUrl = returnUrl(findAction(tenant, token), resultToken);
  return { token: resultToken, redirectUrl, verificationMethod: method };
}

function hasNoAddress(
  method: VerificationMethod,
): method is "PASSKEY" | "SECURITY_KEY" | "AUTHENTICATOR_APP" {
  return method === "PASSKEY" || method === "SECURITY_KEY" || method === "AUTHENTICATOR_APP";
}

function enroll(
  tenant: Tenant,
  token: ClientToken,
  method: VerificationMethod,
  wishes: CompletionWishes,
): UserAuthenticator {
  if (hasNoAddress(method)) {
    throw invalidRequest(
      `The user has no authenticator for ${method}, and this operation enrolls addresses only. Enroll a passkey with POST /emulator/passkeys/sign-up, or seed one.`,
    );
  }
  requireEnrollmentScope(tenant, token, method);
  const key = addressKey(method);
  const tracked = findAction(tenant, token)?.[key] ?? tenant.state.users.get(token.userId)?.[key];
  const address = wishes[key] ?? tracked;
  if (address === undefined) throw invalidRequest(`${key} is required: the user has none to enroll.`);
  checkAddress(key, address);
  recordVerifiedAddress(tenant, { userId: token.userId, verificationMethod: method, address });
  const now = tenant.clock.now();
  return addAuthenticator(tenant, {
    userId: token.userId,
    verificationMethod: method,
    [key]: address,
    verifiedAt: now,
    lastVerifiedAt: now,
  });
}
