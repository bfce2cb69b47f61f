import {
  addAuthenticator,
  enrolledAuthenticators,
  mayEnroll,
  missingEnrollmentScope,
  requireEnrollmentScope,
} from "../../domain/authenticator-rules.ts";
import { clientView } from "../../domain/authenticator-view.ts";
import { addressKey, checkCode, sendCode } from "../../domain/codes.ts";
import { requirePermitted, requirePermittedEnrollment } from "../../domain/permitted-methods.ts";
import { enrollProvenAddress, noteVerifiedAddress } from "../../domain/proven-address.ts";
import { completeAction, findAction, refuseBlocked } from "../../domain/tracked-actions.ts";
import type { CodeChallenge, CodeMethod } from "../../tenant/records.ts";
import { optionalText, requiredText } from "../../wire/input.ts";
import type { Json } from "../../wire/wire.ts";
import { invalidRequest } from "../../wire/wire-error.ts";
import type { TokenCall } from "../api-operation.ts";

/** `POST /client/user-authenticators/{method}` (protocol 5.8): begins an enrollment by sending a code to the address. */
export function beginCodeEnrollment(verificationMethod: CodeMethod) {
  return async ({ tenant, token, body }: TokenCall): Promise<Json> => {
    // With the update scope alone, the new address replaces the enrolled one once it is proven.
    if (token.scopes.has("update:authenticators"))
      requirePermittedEnrollment(tenant, token.actionCode, verificationMethod);
    else requireEnrollmentScope(tenant, token, verificationMethod);
    const key = addressKey(verificationMethod);
    const address = requiredText(body, key, 320);
    const { userId } = token;
    const pending = addAuthenticator(tenant, {
      userId,
      verificationMethod,
      [key]: address,
      expiresAt: tenant.expiry(),
    });
    await send({ tenant, token }, verificationMethod, address, pending.userAuthenticatorId);
    return { userAuthenticatorId: pending.userAuthenticatorId, userId };
  };
}

/** `POST /client/challenge/{method}` (protocol 5.8): sends a code to an enrolled address, or to the tracked one. */
export function beginCodeChallenge(verificationMethod: CodeMethod) {
  return async ({ tenant, token, body }: TokenCall): Promise<Json> => {
    requirePermitted(tenant, token.actionCode, verificationMethod);
    const wanted = optionalText(body, "userAuthenticatorId");
    const enrolled = enrolledAuthenticators(tenant, token.userId).filter(
      (one) => one.verificationMethod === verificationMethod,
    );
    const chosen =
      wanted === undefined
        ? (enrolled.find((one) => one.isDefault) ?? enrolled[0])
        : enrolled.find((one) => one.userAuthenticatorId === wanted);
    if (wanted !== undefined && chosen === undefined)
      throw invalidRequest("The authenticator does not exist.");

    const key = addressKey(verificationMethod);
    const address = chosen?.[key] ?? trackedAddress({ tenant, token }, verificationMethod);
    if (address === undefined)
      throw invalidRequest(`The user has no ${key === "email" ? "email address" : "phone number"}.`);
    const sent = await send({ tenant, token }, verificationMethod, address, chosen?.userAuthenticatorId);
    return { challengeId: sent.challengeId };
  };
}

/** Brand-new users are tracked with their address and challenged at once; verifying then enrolls it (5.8). */
function trackedAddress({ tenant, token }: Caller, verificationMethod: CodeMethod): string | undefined {
  requireEnrollmentScope(tenant, token, verificationMethod);
  const key = addressKey(verificationMethod);
  return findAction(tenant, token)?.[key] ?? tenant.state.users.get(token.userId)?.[key];
}

type Caller = Pick<TokenCall, "tenant" | "token">;

/** One open code per action and method: sending again replaces the code, so that only the newest works. */
function send(
  caller: Caller,
  verificationMethod: CodeMethod,
  address: string,
  userAuthenticatorId: string | undefined,
): Promise<CodeChallenge> {
  const { tenant, token } = caller;
  return sendCode(tenant, {
    challengeId: openCode(caller, verificationMethod)?.challengeId,
    verificationMethod,
    begunBy: "client-api",
    address,
    actionCode: token.actionCode,
    idempotencyKey: token.idempotencyKey,
    userId: token.userId,
    userAuthenticatorId,
  });
}

export function openCode(
  { tenant, token }: Caller,
  verificationMethod: CodeMethod,
): CodeChallenge | undefined {
  return tenant.state.challenges
    .where("idempotencyKey", token.idempotencyKey)
    .filter((challenge) => challenge.kind === "code")
    .find(
      (challenge) =>
        challenge.begunBy === "client-api" &&
        challenge.verificationMethod === verificationMethod &&
        challenge.userId === token.userId &&
        challenge.actionCode === token.actionCode &&
        challenge.expiresAt > tenant.clock.now(),
    );
}

/** `POST /client/verify/{method}` (protocol 5.8): a wrong code is a 200 that says so. */
export function verifyCode(verificationMethod: CodeMethod) {
  return (call: TokenCall): Json => {
    const { tenant, token, body, note } = call;
    const challenge = openCode(call, verificationMethod);
    const outcome = checkCode(tenant, challenge, requiredText(body, "verificationCode"), note);
    if (!outcome.isVerified) return { ...outcome };
    if (challenge === undefined) throw invalidRequest("The challenge is invalid.");
    return finishCode(call, challenge, token.userId);
  };
}

export function finishCode(call: TokenCall, challenge: CodeChallenge, userId: string): Json {
  const { tenant, token } = call;
  // Before anything is enrolled: the app may have blocked the action since the code was sent.
  refuseBlocked(tenant, token);
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
    mayAdd: mayEnroll(tenant, token),
    mayUpdate: token.scopes.has("update:authenticators"),
  });
  // Between the begin and now another authenticator may have been enrolled: then the scope is needed after all.
  if (outcome === undefined) throw missingEnrollmentScope();
  noteVerifiedAddress(tenant, { userId, verificationMethod, address });
  const { authenticator, isNew } = outcome;
  const accessToken = completeAction(tenant, { ...token, authenticator });
  return {
    isVerified: true,
    accessToken,
    userAuthenticator: isNew ? clientView(authenticator) : undefined,
  };
}
