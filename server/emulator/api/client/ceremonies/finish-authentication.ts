/** Finishes an authentication ceremony: verifies it and completes the challenge's action. */

import { whyMissing } from "../../../domain/missing-challenge.ts";
import { requirePermitted, userVerificationOf } from "../../../domain/permitted-methods.ts";
import { completeAction } from "../../../domain/tracked-actions.ts";
import type {
  AuthenticationChallenge,
  CredentialRecord,
  UserAuthenticator,
} from "../../../tenant/records.ts";
import type { ClientToken } from "../../../tenant/tokens.ts";
import { type CeremonyResponse, readCeremonyResponse } from "../../../webauthn/client-data.ts";
import { withOwnOrigin } from "../../../webauthn/own-origin.ts";
import { verifyAuthentication } from "../../../webauthn/verify-authentication.ts";
import { optionalText } from "../../../wire/input.ts";
import type { JsonObject } from "../../../wire/wire.ts";
import { invalidCredential, invalidRequest, WireError } from "../../../wire/wire-error.ts";
import type { MaybeTokenCall } from "../../api-operation.ts";

export interface AuthenticationAnswer {
  readonly credential: JsonObject;
  readonly deviceId: string | undefined;
}

interface OpenChallenge extends Pick<AuthenticationChallenge, "actionCode" | "idempotencyKey"> {
  readonly webauthnChallenge: string;
  readonly verificationMethod: AuthenticationChallenge["verificationMethod"];
}

type Passkey = UserAuthenticator & { readonly credential: CredentialRecord };

export async function finishAuthentication(
  call: MaybeTokenCall,
  challenge: AuthenticationChallenge | undefined,
  answer: AuthenticationAnswer,
): Promise<JsonObject> {
  const taken = takeChallenge(call, challenge);
  requirePermitted(call.tenant, taken.actionCode, taken.verificationMethod);
  const ceremony = readCeremonyResponse(answer.credential);
  const passkey = findPasskey(call, ceremony.credentialId, taken.verificationMethod);
  const used = await recordUse(call, passkey, taken, ceremony);
  const { userId, userAuthenticatorId, username, displayName } = used;
  const { actionCode, idempotencyKey } = taken;
  const { deviceId } = answer;
  const accessToken = await completeAction(call.tenant, {
    userId,
    actionCode,
    idempotencyKey,
    authenticator: used,
    deviceId,
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

/** Removes the challenge before anything else is checked, so that it serves one answer, right or wrong. */
function takeChallenge(
  { tenant, token, body }: MaybeTokenCall,
  challenge: AuthenticationChallenge | undefined,
): OpenChallenge {
  const webauthnChallenge = challenge?.webauthnChallenge;
  if (
    challenge === undefined ||
    webauthnChallenge === undefined ||
    challenge.expiresAt <= tenant.clock.now() ||
    !belongsTo(challenge, token)
  ) {
    const named = challenge?.challengeId ?? optionalText(body, "challengeId");
    throw invalidRequest(
      "The challenge is invalid.",
      whyMissing(tenant, named, "no open passkey challenge has this id"),
    );
  }
  tenant.state.challenges.delete(challenge.challengeId);
  return { ...challenge, webauthnChallenge };
}

/** A ceremony begins and finishes with a token of the same action, or without a token. */
function belongsTo(challenge: AuthenticationChallenge, token: ClientToken | undefined): boolean {
  if (challenge.userId !== token?.userId) return false;
  return token === undefined || token.idempotencyKey === challenge.idempotencyKey;
}

function findPasskey(
  { tenant, token, nameUser }: MaybeTokenCall,
  credentialId: string,
  verificationMethod: AuthenticationChallenge["verificationMethod"],
): Passkey {
  const found = tenant.state.userAuthenticators
    .where("credentialId", credentialId)
    .find((one) => one.verificationMethod === verificationMethod);
  if (found?.credential === undefined) {
    const reason = "no credential record has this credential ID";
    if (tenant.settings.removedCredential === "invalid_credential") throw invalidCredential(reason);
    throw new WireError("unknown_credential", "The passkey is not known.", reason);
  }
  nameUser(found.userId);
  if (token !== undefined && found.userId !== token.userId) {
    throw invalidCredential("the credential belongs to another user than the token");
  }
  return { ...found, credential: found.credential };
}

/** Verifies the signature and stores what the ceremony says about the passkey. */
async function recordUse(
  { tenant, note }: MaybeTokenCall,
  passkey: Passkey,
  { actionCode, webauthnChallenge }: OpenChallenge,
  ceremony: CeremonyResponse,
): Promise<Passkey> {
  const { state, clock } = tenant;
  const verified = await verifyAuthentication({
    ceremony,
    webauthnChallenge,
    settings: withOwnOrigin(tenant),
    requireUserVerification: userVerificationOf(tenant, actionCode) === "required",
    record: passkey.credential,
    userId: passkey.userId,
    note,
  });
  // A passkey that was deleted while its signature was checked must not sign anyone in.
  if (state.userAuthenticators.get(passkey.userAuthenticatorId) === undefined) {
    throw invalidCredential("the credential was deleted during the ceremony");
  }
  const used = {
    ...passkey,
    lastVerifiedAt: clock.now(),
    credential: { ...passkey.credential, ...verified },
  };
  state.userAuthenticators.put(used.userAuthenticatorId, used);
  return used;
}
