/** `GET /client/user-authenticators` (protocol 5.7): all of them, because newer SDKs hide passkeys that are missing here. */
import { enrolledAuthenticators } from "../../domain/authenticator-rules.ts";
import { clientView } from "../../domain/authenticator-view.ts";
import type { Json } from "../../wire/wire.ts";
import type { TokenCall } from "../api-operation.ts";

export function listClientAuthenticators({ tenant, token }: TokenCall): Json {
  return enrolledAuthenticators(tenant, token.userId).map(clientView);
}
