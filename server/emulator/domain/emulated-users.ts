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
