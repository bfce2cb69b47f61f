/** `GET /users/{userId}` (protocol 4.7): an unknown user is shown as not enrolled, never as a 404. */
import { enrollmentFacts } from "../../../domain/authenticator-rules.ts";
import { userAttributes, userIdOf } from "../../../domain/user-records.ts";
import type { JsonObject } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function getUser({ tenant, params }: Call): JsonObject {
  const userId = userIdOf(params);
  const user = tenant.state.users.get(userId);
  return {
    ...enrollmentFacts(tenant, userId),
    ...(user === undefined ? { emailVerified: false, phoneNumberVerified: false } : userAttributes(user)),
  };
}
