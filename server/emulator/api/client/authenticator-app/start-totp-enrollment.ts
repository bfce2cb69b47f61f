/** `POST /client/user-authenticators/totp` (protocol 5.9): a secret for an authenticator app, as text and as a URI. */
import { addAuthenticator, requireEnrollmentScope } from "../../../domain/authenticator-rules.ts";
import { newTotpSecret } from "../../../domain/totp.ts";
import type { Json } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";

export function startTotpEnrollment({ tenant, token }: TokenCall): Json {
  requireEnrollmentScope(tenant, token, "AUTHENTICATOR_APP");
  const totpSecret = newTotpSecret(tenant.random.bytes(20));
  const { userId } = token;
  const { userAuthenticatorId } = addAuthenticator(tenant, {
    userId,
    verificationMethod: "AUTHENTICATOR_APP",
    totpSecret,
    expiresAt: tenant.expiry(),
  });
  const issuer = tenant.settings.rpName;
  const label = encodeURIComponent(`${issuer}:${tenant.state.users.get(userId)?.email ?? userId}`);
  const query = new URLSearchParams({ secret: totpSecret, issuer });
  return { uri: `otpauth://totp/${label}?${query}`, secret: totpSecret, userAuthenticatorId, userId };
}
