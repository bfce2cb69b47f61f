/** `POST /client/user-authenticators/security-key/registration-options` (protocol 5.9). */
import { requireEnrollmentScope } from "../../../domain/authenticator-rules.ts";
import { registrationOptions } from "../../../webauthn/ceremony-options.ts";
import type { Json } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";
import { beginRegistration } from "../ceremonies/begin-registration.ts";

export function securityKeyRegistrationOptions(call: TokenCall): Json {
  const { tenant, token } = call;
  requireEnrollmentScope(tenant, token, "SECURITY_KEY");
  const user = tenant.state.users.get(token.userId);
  const username = token.username ?? user?.username ?? user?.email ?? token.userId;
  const challenge = beginRegistration(call, "SECURITY_KEY", username, user?.displayName ?? username);
  return registrationOptions(tenant, {
    ...challenge,
    actionCode: token.actionCode,
    authenticatorAttachment: "cross-platform",
  });
}
