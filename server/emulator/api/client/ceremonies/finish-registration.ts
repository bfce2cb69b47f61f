import { aaguidMapping } from "../../../domain/aaguids.ts";
import { addAuthenticator, requireEnrollmentScope } from "../../../domain/authenticator-rules.ts";
import { clientView } from "../../../domain/authenticator-view.ts";
import { completeAction } from "../../../domain/tracked-actions.ts";
import type { RegistrationChallenge } from "../../../tenant/records.ts";
import { userHandleOf } from "../../../webauthn/ceremony-options.ts";
import { verifyRegistration } from "../../../webauthn/verify-registration.ts";
import type { JsonObject } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { TokenCall } from "../../api-operation.ts";

export interface RegistrationAnswer {
  readonly credential: JsonObject;
  readonly conditional: boolean;
  readonly deviceId: string | undefined;
}

/** The challenge is taken before anything is checked, so that it serves one answer, right or wrong. */
export async function finishRegistration(
  { tenant, token, userAgent }: TokenCall,
  challenge: RegistrationChallenge | undefined,
  answer: RegistrationAnswer,
): Promise<JsonObject> {
  const { settings, state } = tenant;
  const now = tenant.clock.now();
  const belongs = challenge?.userId === token.userId && challenge.idempotencyKey === token.idempotencyKey;
  if (challenge === undefined || !belongs || challenge.expiresAt <= now) {
    throw invalidRequest(
      "The challenge is invalid.",
      "no registration of this token's action has this challenge id",
    );
  }
  state.challenges.delete(challenge.challengeId);
  requireEnrollmentScope(tenant, token, challenge.verificationMethod);

  const isRegistered = (credentialId: string) =>
    state.userAuthenticators.where("credentialId", credentialId).length > 0;
  const verified = await verifyRegistration({
    credential: answer.credential,
    webauthnChallenge: challenge.webauthnChallenge,
    settings,
    requireUserVerification: settings.userVerification === "required",
    conditional: answer.conditional,
    isRegistered,
  });
  // While the signature was checked, another request may have added an authenticator or deleted the user: whoever comes
  // second is refused.
  requireEnrollmentScope(tenant, token, challenge.verificationMethod);
  if (state.users.get(token.userId) === undefined) throw invalidRequest("The user is invalid.");
  if (isRegistered(verified.credentialId)) throw invalidRequest("The passkey is already registered.");

  const authenticator = addAuthenticator(tenant, {
    userId: token.userId,
    verificationMethod: challenge.verificationMethod,
    verifiedAt: now,
    username: challenge.username,
    displayName: challenge.displayName,
    credential: {
      ...verified,
      deviceId: answer.deviceId ?? tenant.random.uuid(),
      name:
        aaguidMapping(verified.aaguid)?.name ??
        (challenge.verificationMethod === "PASSKEY" ? "Passkey" : "Security key"),
      userAgent,
      userHandle: userHandleOf(token.userId),
    },
  });
  const accessToken = completeAction(tenant, { ...token, authenticator, deviceId: answer.deviceId });
  return {
    isVerified: true,
    accessToken,
    userAuthenticatorId: authenticator.userAuthenticatorId,
    userId: token.userId,
    userAuthenticator: clientView(authenticator),
  };
}
