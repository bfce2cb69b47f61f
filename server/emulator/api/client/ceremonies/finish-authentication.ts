import { requirePermitted } from "../../../domain/permitted-methods.ts";
import { completeAction } from "../../../domain/tracked-actions.ts";
import type { AuthenticationChallenge } from "../../../tenant/records.ts";
import type { ClientToken } from "../../../tenant/tokens.ts";
import { readCeremonyResponse } from "../../../webauthn/client-data.ts";
import { verifyAuthentication } from "../../../webauthn/verify-authentication.ts";
import type { JsonObject } from "../../../wire/wire.ts";
import { invalidCredential, invalidRequest, WireError } from "../../../wire/wire-error.ts";
import type { MaybeTokenCall } from "../../api-operation.ts";

export interface AuthenticationAnswer {
  readonly credential: JsonObject;
  readonly deviceId: string | undefined;
}

/** The challenge is taken before anything is checked, so that it serves one answer, right or wrong. */
export async function finishAuthentication(
  { tenant, token, note, nameUser }: MaybeTokenCall,
  challenge: AuthenticationChallenge | undefined,
  answer: AuthenticationAnswer,
): Promise<JsonObject> {
  const { state, settings } = tenant;
  const webauthnChallenge = challenge?.webauthnChallenge;
  if (
    challenge === undefined ||
    webauthnChallenge === undefined ||
    challenge.expiresAt <= tenant.clock.now() ||
    !belongsTo(challenge, token)
  ) {
    throw invalidRequest("The challenge is invalid.", "no open passkey challenge has this id");
  }
  state.challenges.delete(challenge.challengeId);
  requirePermitted(tenant, challenge.actionCode, challenge.verificationMethod);

  const ceremony = readCeremonyResponse(answer.credential);
  const authenticator = state.userAuthenticators
    .where("credentialId", ceremony.credentialId)
    .find((one) => one.verificationMethod === challenge.verificationMethod);
  const record = authenticator?.credential;
  if (authenticator === undefined || record === undefined) {
    throw new WireError(
      "unknown_credential",
      "The passkey is not known.",
      "no credential record has this credential ID",
    );
  }
  nameUser(authenticator.userId);
  if (token !== undefined && authenticator.userId !== token.userId) {
    throw invalidCredential("the credential belongs to another user than the token");
  }

  const proven = await verifyAuthentication({
    ceremony,
    webauthnChallenge,
    settings,
    requireUserVerification: settings.userVerification === "required",
    record,
    userId: authenticator.userId,
    note,
  });
  // Deleted while the signature was being checked: then it must not sign anyone in.
  if (state.userAuthenticators.get(authenticator.userAuthenticatorId) === undefined) {
    throw invalidCredential("the credential was deleted during the ceremony");
  }
  const used = {
    ...authenticator,
    lastVerifiedAt: tenant.clock.now(),
    credential: { ...record, ...proven },
  };
  state.userAuthenticators.put(used.userAuthenticatorId, used);
  const { actionCode, idempotencyKey } = challenge;
  const { userId, userAuthenticatorId, username, displayName } = used;
  const accessToken = completeAction(tenant, {
    userId,
    actionCode,
    idempotencyKey,
    authenticator: used,
    deviceId: answer.deviceId,
  });
  return {
    isVerified: true,
    accessToken,
    userId,
    userAuthenticatorId,
    username,
    userDisplayName: displayName,
  };
}

/** A ceremony begun with a token can only be finished with a token of the same action, and the reverse. */
function belongsTo(challenge: AuthenticationChallenge, token: ClientToken | undefined): boolean {
  if (challenge.userId !== token?.userId) return false;
  return token === undefined || token.idempotencyKey === challenge.idempotencyKey;
}
