/** Finishes a registration ceremony: verifies it, enrolls the credential and completes the token's action. */

import { aaguidMapping } from "../../../domain/aaguids.ts";
import { addAuthenticator, requireEnrollmentScope } from "../../../domain/authenticator-rules.ts";
import { clientView } from "../../../domain/authenticator-view.ts";
import { whyMissing } from "../../../domain/missing-challenge.ts";
import { userVerificationOf } from "../../../domain/permitted-methods.ts";
import { completeAction } from "../../../domain/tracked-actions.ts";
import type { CredentialRecord, RegistrationChallenge } from "../../../tenant/records.ts";
import { userHandleOf } from "../../../webauthn/ceremony-options.ts";
import { withOwnOrigin } from "../../../webauthn/own-origin.ts";
import { type VerifiedRegistration, verifyRegistration } from "../../../webauthn/verify-registration.ts";
import { optionalText } from "../../../wire/input.ts";
import type { JsonObject } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { TokenCall } from "../../api-operation.ts";

export interface RegistrationAnswer {
  readonly credential: JsonObject;
  readonly conditional: boolean;
  readonly deviceId: string | undefined;
}

export async function finishRegistration(
  call: TokenCall,
  challenge: RegistrationChallenge | undefined,
  answer: RegistrationAnswer,
): Promise<JsonObject> {
  const { tenant, token } = call;
  const beganAt = tenant.clock.now();
  const taken = takeChallenge(call, challenge);
  const verified = await verifyForUser(call, taken, answer);
  const authenticator = addAuthenticator(tenant, {
    userId: token.userId,
    verificationMethod: taken.verificationMethod,
    verifiedAt: beganAt,
    username: taken.username,
    displayName: taken.displayName,
    credential: credentialRecord(call, taken, verified, answer.deviceId),
  });
  const accessToken = await completeAction(tenant, { ...token, authenticator, deviceId: answer.deviceId });
  return {
    isVerified: true,
    accessToken,
    userAuthenticatorId: authenticator.userAuthenticatorId,
    userId: token.userId,
    userAuthenticator: clientView(authenticator),
  };
}

/** Removes the challenge before anything else is checked, so that it serves one answer, right or wrong. */
function takeChallenge(
  { tenant, token, body }: TokenCall,
  challenge: RegistrationChallenge | undefined,
): RegistrationChallenge {
  const belongs = challenge?.userId === token.userId && challenge.idempotencyKey === token.idempotencyKey;
  if (challenge === undefined || !belongs || challenge.expiresAt <= tenant.clock.now()) {
    const named = challenge?.challengeId ?? optionalText(body, "challengeId");
    throw invalidRequest(
      "The challenge is invalid.",
      whyMissing(tenant, named, "no registration of this token's action has this challenge id"),
    );
  }
  tenant.state.challenges.delete(challenge.challengeId);
  return challenge;
}

async function verifyForUser(
  { tenant, token }: TokenCall,
  { verificationMethod, webauthnChallenge }: RegistrationChallenge,
  { credential, conditional }: RegistrationAnswer,
): Promise<VerifiedRegistration> {
  const { state } = tenant;
  requireEnrollmentScope(tenant, token, verificationMethod);
  const isRegistered = (credentialId: string) =>
    state.userAuthenticators.where("credentialId", credentialId).length > 0;
  const verified = await verifyRegistration({
    credential,
    webauthnChallenge,
    settings: withOwnOrigin(tenant),
    requireUserVerification: userVerificationOf(tenant, token.actionCode) === "required",
    conditional,
    isRegistered,
  });
  // While the signature was checked, another request may have added an authenticator or deleted the user.
  requireEnrollmentScope(tenant, token, verificationMethod);
  if (state.users.get(token.userId) === undefined) throw invalidRequest("The user is invalid.");
  if (isRegistered(verified.credentialId)) throw invalidRequest("The passkey is already registered.");
  return verified;
}

function credentialRecord(
  { tenant, token, userAgent }: TokenCall,
  { verificationMethod }: RegistrationChallenge,
  verified: VerifiedRegistration,
  deviceId: string | undefined,
): CredentialRecord {
  const defaultName = verificationMethod === "PASSKEY" ? "Passkey" : "Security key";
  return {
    ...verified,
    deviceId: deviceId ?? tenant.random.uuid(),
    name: aaguidMapping(verified.aaguid)?.name ?? defaultName,
    userAgent,
    userHandle: userHandleOf(token.userId),
  };
}
