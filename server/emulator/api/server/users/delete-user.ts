import { forgetUser, userIdOf } from "../../../domain/user-records.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

/** `DELETE /users/{userId}`: an object, because an SDK merges into it (protocol 1.4). Unknown users are fine. */
export function deleteUser({ tenant, params }: Call): Json {
  forgetUser(tenant, userIdOf(params));
  return { success: true };
}
