/** `POST /client/user-authenticators/security-key/authentication-options` (protocol 5.9). */
import { authenticationOptions } from "../../../webauthn/ceremony-options.ts";
import type { Json } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";
import { beginAuthentication } from "../ceremonies/begin-authentication.ts";

export function securityKeyAuthenticationOptions(call: TokenCall): Json {
  return authenticationOptions(call.tenant, beginAuthentication(call, "SECURITY_KEY"));
}
