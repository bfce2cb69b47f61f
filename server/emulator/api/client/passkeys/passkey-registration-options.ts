/** `POST /client/user-authenticators/passkey/registration-options` (protocol 5.2): begins the registration of a passkey. */
import { requireEnrollmentScope } from "../../../domain/authenticator-rules.ts";
import { registrationOptions } from "../../../webauthn/ceremony-options.ts";
import { type Input, optionalText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { TokenCall } from "../../api-operation.ts";
import { beginRegistration } from "../ceremonies/begin-registration.ts";

export function passkeyRegistrationOptions(call: TokenCall): Json {
  const { tenant, token, body } = call;
  requireEnrollmentScope(tenant, token, "PASSKEY");
  const user = tenant.state.users.get(token.userId);
  const username =
    optionalText(body, "username") ??
    token.username ??
    user?.username ??
    user?.email ??
    user?.phoneNumber ??
    token.userId;
  const displayName = optionalText(body, "displayName") ?? user?.displayName ?? username;
  const challenge = beginRegistration(call, "PASSKEY", username, displayName);
  return {
    challengeId: challenge.challengeId,
    options: registrationOptions(tenant, {
      ...challenge,
      actionCode: token.actionCode,
      authenticatorAttachment: attachmentIn(body),
    }),
  };
}

/** The web SDK says "platform" by default and nothing (or `null`) for "any" (5.2). */
function attachmentIn(body: Input): string | undefined {
  const attachment = optionalText(body, "authenticatorAttachment");
  if (attachment === undefined || attachment === "platform" || attachment === "cross-platform")
    return attachment;
  throw invalidRequest("authenticatorAttachment must be platform or cross-platform.");
}
