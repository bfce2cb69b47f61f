/** User ids, and what creates, shows and deletes a user. */
import type { User } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { JsonObject } from "../wire/wire.ts";
import { invalidRequest } from "../wire/wire-error.ts";

/**
 * The user id of a path. The node SDK pastes ids unescaped, so a slash or question mark in one addresses something else
 * (protocol 9.1); an empty id is what is left of such an accident.
 */
export function userIdOf(params: Readonly<Record<string, string>>): string {
  return checkUserId(params.userId ?? "");
}

export function checkUserId(userId: string): string {
  if (userId === "" || userId.length > 256) throw invalidRequest("The user is invalid.");
  return userId;
}

/** Tracking and every other write create the user when missing (3.3). */
export function ensureUser(tenant: Tenant, userId: string): User {
  const known = tenant.state.users.get(userId);
  if (known !== undefined) return known;
  const user: User = {
    userId,
    createdAt: tenant.clock.now(),
    emailVerified: false,
    phoneNumberVerified: false,
  };
  tenant.state.users.put(userId, user);
  return user;
}

/** What may be set by update-user, as every operation shows it. Unset attributes are absent, not null. */
export function userAttributes(user: User): JsonObject {
  const { email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale } =
    user;
  return { email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale };
}

/** A user with everything that hangs on them: outstanding tokens stop working because their user is gone. */
export function forgetUser(tenant: Tenant, userId: string): void {
  const { users, userAuthenticators, actions, challenges, sessions, devices } = tenant.state;
  users.delete(userId);
  for (const collection of [userAuthenticators, actions, challenges, sessions, devices]) {
    collection.deleteWhere("userId", userId);
  }
}
