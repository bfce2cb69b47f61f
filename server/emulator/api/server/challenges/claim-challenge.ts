/** `POST /claim` (protocol 4.5): binds a verified challenge to a user, once. Its errors are *inferred* (questions 2 to 4). */
import { enrolledAuthenticators } from "../../../domain/authenticator-rules.ts";
import { findCodeChallenge, keptIfRefused, smsChannelOf } from "../../../domain/codes.ts";
import { whyMissing } from "../../../domain/missing-challenge.ts";
import { requirePermitted } from "../../../domain/permitted-methods.ts";
import { enrollProvenAddress, recordVerifiedAddress } from "../../../domain/proven-address.ts";
import {
  askVerifyWebhook,
  issueResultToken,
  markSucceeded,
  requireNotBlocked,
} from "../../../domain/tracked-actions.ts";
import { checkUserId, ensureUser } from "../../../domain/user-records.ts";
import type { CodeChallenge, UserAuthenticator } from "../../../tenant/records.ts";
import type { Tenant } from "../../../tenant/tenant.ts";
import { optionalFlag, requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export async function claimChallenge({ tenant, body, nameUser }: Call): Promise<Json> {
  const challengeId = requiredText(body, "challengeId");
  const userId = checkUserId(requiredText(body, "userId"));
  nameUser(userId);
  const skipVerificationCheck = optionalFlag(body, "skipVerificationCheck") ?? false;

  const challenge = findCodeChallenge(tenant, challengeId);
  if (challenge === undefined || challenge.begunBy !== "server-api") {
    throw invalidRequest(
      "The challenge is invalid.",
      whyMissing(tenant, challengeId, "no challenge has this id"),
    );
  }
  if (challenge.claimedBy !== undefined) throw invalidRequest("The challenge has already been claimed.");
  if (challenge.userId !== undefined && challenge.userId !== userId)
    throw invalidRequest("The user is invalid.");
  if (challenge.verifiedAt === undefined && !skipVerificationCheck) {
    throw invalidRequest("The challenge has not been verified.");
  }

  const { actionCode, idempotencyKey, verificationMethod } = challenge;
  const name = { userId, actionCode, idempotencyKey };
  requireNotBlocked(tenant, name);
  requirePermitted(tenant, actionCode, verificationMethod);
  // Claimed before the first await: of two claims, the second fails.
  tenant.state.challenges.put(challengeId, { ...challenge, claimedBy: userId });
  await keptIfRefused(tenant, challenge, () => askVerifyWebhook(tenant, name, { verificationMethod }));
  ensureUser(tenant, userId);
  const authenticator =
    challenge.verifiedAt === undefined ? undefined : enrollAddress(tenant, userId, challenge);
  markSucceeded(tenant, name, verificationMethod, {
    verifiedByAuthenticatorId: authenticator?.userAuthenticatorId,
    deviceId: challenge.deviceId,
    ipAddress: challenge.ipAddress,
    userAgent: challenge.userAgent,
  });
  return { token: issueResultToken(tenant, name), verificationMethod, smsChannel: smsChannelOf(challenge) };
}

/**
 * The verified address becomes the first authenticator of the user. For a further one, the challenge must have been begun
 * for this user with the scope to add or update.
 */
function enrollAddress(
  tenant: Tenant,
  userId: string,
  challenge: CodeChallenge,
): UserAuthenticator | undefined {
  const { verificationMethod, address } = challenge;
  const scopes = challenge.userId === userId ? (challenge.scope ?? "").split(" ") : [];
  const isFirst = enrolledAuthenticators(tenant, userId).length === 0;
  recordVerifiedAddress(tenant, { userId, verificationMethod, address });
  return enrollProvenAddress(tenant, {
    userId,
    verificationMethod,
    address,
    smsChannel: challenge.smsChannel,
    mayAdd:
      scopes.includes("add:authenticators") ||
      (isFirst && tenant.settings.claimEnrollment === "enroll-first"),
    mayUpdate: scopes.includes("update:authenticators"),
  })?.authenticator;
}
