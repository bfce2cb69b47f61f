import { requireEnrollmentScope } from "../../domain/authenticator-rules.ts";
import type { Challenge } from "../../tenant/records.ts";
import { authenticationOptions, registrationOptions } from "../../webauthn/ceremony-options.ts";
import { isJsonObject } from "../../wire/input.ts";
import type { Json } from "../../wire/wire.ts";
import { invalidRequest } from "../../wire/wire-error.ts";
import type { TokenCall } from "../api-operation.ts";
import { beginAuthentication, finishAuthentication } from "./passkey-authentication.ts";
import { beginRegistration, finishRegistration } from "./passkey-registration.ts";

// Security keys (protocol 5.9) speak without a challenge id: options and credentials travel bare, and the ceremony is
// found by the token's action.

export function securityKeyRegistrationOptions(call: TokenCall): Json {
  const { tenant, token } = call;
  requireEnrollmentScope(tenant, token, "SECURITY_KEY");
  const user = tenant.state.users.get(token.userId);
  const username = token.username ?? user?.username ?? user?.email ?? token.userId;
  const challenge = beginRegistration(call, "SECURITY_KEY", username, user?.displayName ?? username);
  return registrationOptions(tenant, { ...challenge, authenticatorAttachment: "cross-platform" });
}

export function addSecurityKey(call: TokenCall): Promise<Json> {
  const challenge = openCeremony(call, "registration");
  return finishRegistration(call, challenge?.kind === "registration" ? challenge : undefined, {
    credential: bareCredential(call),
    conditional: false,
    deviceId: undefined,
  });
}

export function securityKeyAuthenticationOptions(call: TokenCall): Json {
  return authenticationOptions(call.tenant, beginAuthentication(call, "SECURITY_KEY"));
}

export function verifySecurityKey(call: TokenCall): Promise<Json> {
  const challenge = openCeremony(call, "authentication");
  return finishAuthentication(call, challenge?.kind === "authentication" ? challenge : undefined, {
    credential: bareCredential(call),
    deviceId: undefined,
  });
}

/** The newest open ceremony of the token's action: an older one is superseded. */
function openCeremony({ tenant, token }: TokenCall, kind: Challenge["kind"]): Challenge | undefined {
  return tenant.state.challenges
    .where("idempotencyKey", token.idempotencyKey)
    .filter(
      (one) => one.kind === kind && one.verificationMethod === "SECURITY_KEY" && one.userId === token.userId,
    )
    .at(-1);
}

function bareCredential({ body }: TokenCall) {
  if (!isJsonObject(body) || body.response === undefined)
    throw invalidRequest("The body must be a credential.");
  return body;
}
