/** Enrolls or uses the address that a correct code has proven, and completes the token's action. */
import { mayEnroll, missingEnrollmentScope } from "../../../domain/authenticator-rules.ts";
import { clientView } from "../../../domain/authenticator-view.ts";
import { requirePermitted, requirePermittedEnrollment } from "../../../domain/permitted-methods.ts";
import { enrollProvenAddress, recordVerifiedAddress } from "../../../domain/proven-address.ts";
import { completeAction, requireNotBlocked } from "../../../domain/tracked-actions.ts";
import type { CodeChallenge } from "../../../tenant/records.ts";
import type { Json } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";

export async function finishCode(call: TokenCall, challenge: CodeChallenge, userId: string): Promise<Json> {
  const { tenant, token } = call;
  // The app may have blocked the action since the code was sent.
  requireNotBlocked(tenant, token);
  const { verificationMethod, address, userAuthenticatorId } = challenge;
  const begun = tenant.state.userAuthenticators.get(userAuthenticatorId ?? "");
  const isEnrollment = begun !== undefined && begun.verifiedAt === undefined;
  const requireMethod = isEnrollment ? requirePermittedEnrollment : requirePermitted;
  requireMethod(tenant, token.actionCode, verificationMethod);
  const outcome = enrollProvenAddress(tenant, {
    userId,
    verificationMethod,
    address,
    begun,
    smsChannel: challenge.smsChannel,
    mayAdd: mayEnroll(tenant, token),
    mayUpdate: token.scopes.has("update:authenticators"),
  });
  // Another authenticator may have been enrolled since the beginning; then the scope is required.
  if (outcome === undefined) throw missingEnrollmentScope();
  recordVerifiedAddress(tenant, { userId, verificationMethod, address });
  const { authenticator, isNew } = outcome;
  const accessToken = await completeAction(tenant, { ...token, authenticator });
  return {
    isVerified: true,
    accessToken,
    userAuthenticator: isNew ? clientView(authenticator) : undefined,
  };
}
