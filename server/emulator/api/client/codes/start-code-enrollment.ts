/** `POST /client/user-authenticators/{method}` (protocol 5.8): begins an enrollment by sending a code to the address. */
import { addAuthenticator, requireEnrollmentScope } from "../../../domain/authenticator-rules.ts";
import { addressKey } from "../../../domain/codes.ts";
import { requirePermittedEnrollment } from "../../../domain/permitted-methods.ts";
import type { CodeMethod } from "../../../tenant/records.ts";
import { optionalChoice, requiredText } from "../../../wire/input.ts";
import { checkAddress } from "../../../wire/person-addresses.ts";
import { type Json, smsChannels } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";
import { sendCodeFor } from "./open-code.ts";

export function startCodeEnrollment(verificationMethod: CodeMethod) {
  return async ({ tenant, token, body }: TokenCall): Promise<Json> => {
    // With only the update scope, the verified address replaces the enrolled one.
    if (token.scopes.has("update:authenticators"))
      requirePermittedEnrollment(tenant, token.actionCode, verificationMethod);
    else requireEnrollmentScope(tenant, token, verificationMethod);
    const key = addressKey(verificationMethod);
    const address = checkAddress(key, requiredText(body, key, 320));
    const { userId } = token;
    const pending = addAuthenticator(tenant, {
      userId,
      verificationMethod,
      [key]: address,
      expiresAt: tenant.expiry(),
    });
    const { userAuthenticatorId } = pending;
    const smsChannel = optionalChoice(body, "smsChannel", smsChannels);
    const sent = await sendCodeFor({ tenant, token }, verificationMethod, address, {
      userAuthenticatorId,
      smsChannel,
    });
    const isLink = verificationMethod === "EMAIL_MAGIC_LINK";
    return { challengeId: isLink ? sent.challengeId : undefined, userAuthenticatorId, userId };
  };
}
