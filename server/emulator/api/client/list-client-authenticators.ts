import { enrolledAuthenticators } from "../../domain/authenticator-rules.ts";
import { clientView } from "../../domain/authenticator-view.ts";
import type { Json } from "../../wire/wire.ts";
import type { TokenCall } from "../api-operation.ts";

/**
 * `GET /client/user-authenticators` (protocol 5.7). Newer browser SDKs feed the list to the WebAuthn Signal API, which
 * hides passkeys that are missing from it: it is always complete.
 */
export function listClientAuthenticators({ tenant, token }: TokenCall): Json {
  return enrolledAuthenticators(tenant, token.userId).map(clientView);
}
