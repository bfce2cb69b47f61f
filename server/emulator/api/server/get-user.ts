import { enrollmentFacts } from "../../domain/authenticator-rules.ts";
import { userIdOf } from "../../domain/emulated-users.ts";
import type { User } from "../../tenant/records.ts";
import type { JsonObject } from "../../wire/wire.ts";
import type { Call } from "../api-operation.ts";

/** `GET /users/{userId}` (protocol 4.7): somebody unknown is somebody who is not enrolled, never a 404. */
export function getUser({ tenant, params }: Call): JsonObject {
  const userId = userIdOf(params);
  const user = tenant.state.users.get(userId);
  return {
    ...enrollmentFacts(tenant, userId),
    ...(user === undefined ? { emailVerified: false, phoneNumberVerified: false } : userAttributes(user)),
  };
}

/** What may be set by update-user, as every operation shows it. Unset attributes are absent, not null. */
export function userAttributes(user: User): JsonObject {
  const { email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale } =
    user;
  return { email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale };
}
