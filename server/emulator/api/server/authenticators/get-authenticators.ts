/** `GET /users/{userId}/authenticators` (protocol 4.8): enrolled ones only, addresses in full. */
import { enrolledAuthenticators } from "../../../domain/authenticator-rules.ts";
import { serverView } from "../../../domain/authenticator-view.ts";
import { userIdOf } from "../../../domain/user-records.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function getAuthenticators({ tenant, params }: Call): Json {
  return enrolledAuthenticators(tenant, userIdOf(params)).map(serverView);
}
