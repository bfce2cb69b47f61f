/** `POST /client/challenge/{method}` (protocol 5.8): sends a code to an enrolled address, or to the tracked one. */
import { enrolledAuthenticators, requireEnrollmentScope } from "../../../domain/authenticator-rules.ts";
import { addressKey } from "../../../domain/codes.ts";
import { requirePermitted } from "../../../domain/permitted-methods.ts";
import { findAction } from "../../../domain/tracked-actions.ts";
import type { CodeMethod } from "../../../tenant/records.ts";
import { optionalChoice, optionalText } from "../../../wire/input.ts";
import { type Json, smsChannels } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { TokenCall } from "../../api-operation.ts";
import { type Caller, sendCodeFor } from "./open-code.ts";

export function startCodeChallenge(verificationMethod: CodeMethod) {
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
    const sent = await sendCodeFor({ tenant, token }, verificationMethod, address, {
      userAuthenticatorId: chosen?.userAuthenticatorId,
      smsChannel: optionalChoice(body, "smsChannel", smsChannels) ?? chosen?.smsChannel,
    });
    return { challengeId: sent.challengeId };
  };
}

/** A new user is tracked with an address and challenged at once; verifying the code enrolls it (protocol 5.8). */
function trackedAddress({ tenant, token }: Caller, verificationMethod: CodeMethod): string | undefined {
  requireEnrollmentScope(tenant, token, verificationMethod);
  const key = addressKey(verificationMethod);
  return findAction(tenant, token)?.[key] ?? tenant.state.users.get(token.userId)?.[key];
}
