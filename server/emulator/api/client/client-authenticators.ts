import { enrolledAuthenticators } from "../../domain/authenticator-rules.ts";
import { clientView } from "../../domain/authenticator-view.ts";
import { toIso } from "../../tenant/clock.ts";
import type { Json } from "../../wire/wire.ts";
import { invalidCredential } from "../../wire/wire-error.ts";
import type { Call, TokenCall } from "../api-operation.ts";

/**
 * `GET /client/user-authenticators` (protocol 5.7). Newer browser SDKs feed the list to the WebAuthn Signal API, which
 * hides passkeys that are missing from it: it is always complete.
 */
export function listClientAuthenticators({ tenant, token }: TokenCall): Json {
  return enrolledAuthenticators(tenant, token.userId).map(clientView);
}

/** `GET /client/user-authenticators/passkey?credentialIds=a,b` (protocol 5.6): does the service know any of these? */
export function lookUpPasskey({ tenant, query }: Call): Json {
  const asked = `${query.get("credentialIds") ?? ""},${query.get("credentialId") ?? ""}`
    .split(",")
    .slice(0, 100);
  for (const credentialId of asked) {
    const [known] = tenant.state.userAuthenticators.where("credentialId", credentialId);
    if (known?.verificationMethod === "PASSKEY" && known.verifiedAt !== undefined) {
      return { credentialId, verifiedAt: toIso(known.verifiedAt) };
    }
  }
  throw invalidCredential("none of the credential IDs is known");
}
