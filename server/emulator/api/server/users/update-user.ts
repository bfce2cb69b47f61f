/** `PATCH /users/{userId}`, and POST (protocol 4.7): creates a missing user; `null` clears; enrolls nothing. */
import { ensureUser, userAttributes, userIdOf } from "../../../domain/user-records.ts";
import type { User } from "../../../tenant/records.ts";
import { clearableText, optionalFlag, optionalObject } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function updateUser({ tenant, params, body }: Call): Json {
  const userId = userIdOf(params);
  const changes = {
    email: clearableText(body, "email"),
    phoneNumber: clearableText(body, "phoneNumber"),
    username: clearableText(body, "username"),
    displayName: clearableText(body, "displayName"),
    locale: clearableText(body, "locale"),
    custom: body.custom === null ? null : optionalObject(body, "custom"),
    emailVerified: optionalFlag(body, "emailVerified"),
    phoneNumberVerified: optionalFlag(body, "phoneNumberVerified"),
  };
  const user = ensureUser(tenant, userId);
  const pick = <T>(change: T | null | undefined, current: T | undefined): T | undefined =>
    change === undefined ? current : (change ?? undefined);
  const email = pick(changes.email, user.email);
  const phoneNumber = pick(changes.phoneNumber, user.phoneNumber);
  const updated: User = {
    ...user,
    email,
    phoneNumber,
    username: pick(changes.username, user.username),
    displayName: pick(changes.displayName, user.displayName),
    locale: pick(changes.locale, user.locale),
    custom: pick(changes.custom, user.custom),
    // A new address is not verified.
    emailVerified: changes.emailVerified ?? (user.emailVerified && email === user.email),
    phoneNumberVerified:
      changes.phoneNumberVerified ?? (user.phoneNumberVerified && phoneNumber === user.phoneNumber),
  };
  tenant.state.users.put(userId, updated);
  return { userId, ...userAttributes(updated) };
}
