/** User ids, and what creates, shows and deletes a user. */
import type { User } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { JsonObject } from "../wire/wire.ts";
import { invalidRequest } from "../wire/wire-error.ts";

/**
 * The user id of a path. The node SDK does not escape ids, so a slash or question mark in one changes the path (protocol
 * 9.1) and can leave an empty id.
 */
export function userIdOf(params: Readonly<Record<string, string>>): string {
  return checkUserId(params.userId ?? "");
}

export function checkUserId(userId: string): string {
  if (userId === "" || userId.length > 256) throw invalidRequest("The user is invalid.");
  return userId;
}

/** Every write creates a missing user (protocol 3.3). */
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

/** The attributes that update-user sets. Unset attributes are absent, not null. */
export function userAttributes(user: User): JsonObject {
  const { email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale } =
    user;
  return { email, emailVerified, phoneNumber, phoneNumberVerified, username, displayName, custom, locale };
}

/** Deletes a user and all records of that user. Tokens stop working, because their user is missing. */
export function forgetUser(tenant: Tenant, userId: string, { keepActions = false } = {}): void {
  const { users, userAuthenticators, actions, challenges, sessions, devices } = tenant.state;
  users.delete(userId);
  for (const collection of [userAuthenticators, challenges, sessions, devices]) {
    collection.deleteWhere("userId", userId);
  }
  if (!keepActions) actions.deleteWhere("userId", userId);
}
