/** `DELETE /users/{userId}/authenticators/{userAuthenticatorId}`: 404 for another user's authenticator. */
import { enrolledAuthenticators, makeDefault } from "../../../domain/authenticator-rules.ts";
import { userIdOf } from "../../../domain/user-records.ts";
import type { Json } from "../../../wire/wire.ts";
import { WireError } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function deleteAuthenticator({ tenant, params }: Call): Json {
  const userId = userIdOf(params);
  const userAuthenticatorId = params.userAuthenticatorId ?? "";
  const { userAuthenticators } = tenant.state;
  if (userAuthenticators.get(userAuthenticatorId)?.userId !== userId) {
    throw new WireError("not_found", "The authenticator does not exist.");
  }
  const removed = userAuthenticators.delete(userAuthenticatorId);
  const [next] = enrolledAuthenticators(tenant, userId);
  if (removed?.isDefault && next !== undefined) makeDefault(tenant, userId, next.userAuthenticatorId);
  return { success: true };
}
