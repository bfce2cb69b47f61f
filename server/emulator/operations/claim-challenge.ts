import { issueResultToken, markSucceeded } from "../actions.ts";
import { addressKey, findCodeChallenge } from "../codes.ts";
import { addAuthenticator, enrolledAuthenticators, ensureUser, findByAddress } from "../enrollment.ts";
import { invalidRequest } from "../errors.ts";
import { optionalFlag, requiredText } from "../input.ts";
import type { Call } from "../operation.ts";
import type { CodeChallenge, UserAuthenticator } from "../records.ts";
import type { Tenant } from "../tenant.ts";
import { checkUserId } from "../user-id.ts";
import type { Json } from "../wire.ts";

/**
 * `POST /claim` (protocol 4.5): binds a verified challenge to a user, once. How it refuses is *inferred* (questions 2
 * to 4).
 */
export function claimChallenge({ tenant, body, concerns }: Call): Json {
  const challengeId = requiredText(body, "challengeId");
  const userId = checkUserId(requiredText(body, "userId"));
  concerns(userId);
  const skipVerificationCheck = optionalFlag(body, "skipVerificationCheck") ?? false;

  const challenge = findCodeChallenge(tenant, challengeId);
  if (challenge === undefined || challenge.begunBy !== "server-api") {
    throw invalidRequest("The challenge is invalid.", "no challenge has this id, or it has expired");
  }
  if (challenge.claimedBy !== undefined) throw invalidRequest("The challenge has already been claimed.");
  if (challenge.userId !== undefined && challenge.userId !== userId)
    throw invalidRequest("The user is invalid.");
  if (challenge.verifiedAt === undefined && !skipVerificationCheck) {
    throw invalidRequest("The challenge has not been verified.");
  }

  const { actionCode, idempotencyKey, verificationMethod } = challenge;
  ensureUser(tenant, userId);
  const name = { userId, actionCode, idempotencyKey };
  const authenticator =
    challenge.verifiedAt === undefined ? undefined : enrollAddress(tenant, userId, challenge);
  markSucceeded(tenant, name, verificationMethod, {
    verifiedByAuthenticatorId: authenticator?.userAuthenticatorId,
    deviceId: challenge.deviceId,
    ipAddress: challenge.ipAddress,
    userAgent: challenge.userAgent,
  });
  tenant.state.challenges.put(challengeId, { ...challenge, claimedBy: userId });
  return { token: issueResultToken(tenant, name), verificationMethod };
}

/**
 * A proven address becomes the first authenticator of a user who has none; a known one is noted as used; any other is
 * added only when the challenge was begun for this user with the scope to do so.
 */
function enrollAddress(
  tenant: Tenant,
  userId: string,
  challenge: CodeChallenge,
): UserAuthenticator | undefined {
  const { address, verificationMethod, scope } = challenge;
  const now = tenant.clock.now();
  const key = addressKey(verificationMethod);
  noteVerifiedAddress(tenant, userId, key, address);

  const known = findByAddress(tenant, userId, verificationMethod, address);
  if (known !== undefined) {
    const used = { ...known, lastVerifiedAt: now };
    tenant.state.userAuthenticators.put(used.userAuthenticatorId, used);
    return used;
  }
  const isFirst = enrolledAuthenticators(tenant, userId).length === 0;
  const mayAdd = challenge.userId === userId && (scope ?? "").includes("add:authenticators");
  if (!mayAdd && !(isFirst && tenant.settings.claimEnrollment === "enroll-first")) return undefined;
  return addAuthenticator(tenant, {
    userId,
    verificationMethod,
    [key]: address,
    verifiedAt: now,
    lastVerifiedAt: now,
  });
}

function noteVerifiedAddress(
  tenant: Tenant,
  userId: string,
  key: "email" | "phoneNumber",
  address: string,
): void {
  const user = ensureUser(tenant, userId);
  if (user[key] !== undefined && user[key] !== address) return;
  tenant.state.users.put(userId, { ...user, [key]: address, [`${key}Verified`]: true });
}
