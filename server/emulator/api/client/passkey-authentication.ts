import { requirePermitted } from "../../domain/permitted-methods.ts";
import { completeAction } from "../../domain/tracked-actions.ts";
import type { AuthenticationChallenge } from "../../tenant/records.ts";
import type { ClientToken } from "../../tenant/tokens.ts";
import { authenticationOptions } from "../../webauthn/ceremony-options.ts";
import { readCeremonyResponse } from "../../webauthn/client-data.ts";
import { verifyAuthentication } from "../../webauthn/verify-authentication.ts";
import { optionalText, requiredObject, requiredText } from "../../wire/input.ts";
import type { Json, JsonObject } from "../../wire/wire.ts";
import { invalidCredential, invalidRequest, WireError } from "../../wire/wire-error.ts";
import type { MaybeTokenCall } from "../api-operation.ts";

/**
 * `POST /client/user-authenticators/passkey/authentication-options` (protocol 5.4). With a token, the user's own passkeys
 * are listed; without, the list is empty (unless the caller names a user) and the passkey itself says whose it is.
 */
export function passkeyAuthenticationOptions(call: MaybeTokenCall): Json {
  const username = optionalText(call.body, "username");
  const challenge = beginAuthentication(call, "PASSKEY", openChallenge(call));
  return {
    challengeId: challenge.challengeId,
    options: authenticationOptions(call.tenant, { ...challenge, username }),
  };
}

type Begun = AuthenticationChallenge & {
  readonly webauthnChallenge: string;
  readonly userId: string | undefined;
};

export function beginAuthentication(
  { tenant, token }: MaybeTokenCall,
  verificationMethod: "PASSKEY" | "SECURITY_KEY",
  open?: AuthenticationChallenge,
): Begun {
  const actionCode = token?.actionCode ?? open?.actionCode ?? tenant.settings.anonymousActionCode;
  requirePermitted(tenant, actionCode, verificationMethod);
  const challenge: Begun = {
    kind: "authentication",
    verificationMethod,
    challengeId: open?.challengeId ?? tenant.random.uuid(),
    actionCode,
    idempotencyKey: token?.idempotencyKey ?? open?.idempotencyKey ?? tenant.random.uuid(),
    userId: token?.userId,
    webauthnChallenge: tenant.random.bytes(32).toString("base64url"),
    createdAt: tenant.clock.now(),
    expiresAt: tenant.expiry(),
  };
  tenant.state.challenges.put(challenge.challengeId, challenge);
  return challenge;
}

/** The challenge that `/client/challenge` began, when the caller names one. */
function openChallenge({ tenant, token, body }: MaybeTokenCall): AuthenticationChallenge | undefined {
  const challengeId = optionalText(body, "challengeId");
  if (challengeId === undefined) return undefined;
  const challenge = tenant.state.challenges.get(challengeId);
  // A token may take up a challenge that nobody owns yet; nobody may take up another user's.
  const belongs =
    challenge?.kind === "authentication" && [undefined, token?.userId].includes(challenge.userId);
  if (!belongs || challenge.expiresAt <= tenant.clock.now()) {
    throw invalidRequest("The challenge is invalid.", "no open passkey challenge has this id");
  }
  return challenge;
}

/** `POST /client/verify/passkey` (protocol 5.5). */
export async function verifyPasskey(call: MaybeTokenCall): Promise<Json> {
  const { tenant, body } = call;
  const credential = requiredObject(body, "authenticationCredential");
  const challenge = tenant.state.challenges.get(requiredText(body, "challengeId"));
  return finishAuthentication(call, challenge?.kind === "authentication" ? challenge : undefined, {
    credential,
    deviceId: optionalText(body, "deviceId"),
  });
}

export interface AuthenticationAnswer {
  readonly credential: JsonObject;
  readonly deviceId: string | undefined;
}

/** The challenge is taken before anything is checked, so that it serves one answer, right or wrong. */
export async function finishAuthentication(
  { tenant, token, note, concerns }: MaybeTokenCall,
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
  concerns(authenticator.userId);
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
