import { userIdOf } from "../../domain/emulated-users.ts";
import type { Tenant } from "../../tenant/tenant.ts";
import type { Json } from "../../wire/wire.ts";
import type { Call } from "../api-operation.ts";

/** `DELETE /users/{userId}`: an object, because an SDK merges into it (protocol 1.4). Unknown users are fine. */
export function deleteUser({ tenant, params }: Call): Json {
  forgetUser(tenant, userIdOf(params));
  return { success: true };
}

/** A user with everything that hangs on them: outstanding tokens stop working because their user is gone. */
export function forgetUser(tenant: Tenant, userId: string): void {
  const { users, userAuthenticators, actions, challenges, sessions, devices } = tenant.state;
  users.delete(userId);
  for (const collection of [userAuthenticators, actions, challenges, sessions, devices]) {
    collection.deleteWhere("userId", userId);
  }
}
