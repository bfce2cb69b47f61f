/** `DELETE /users/{userId}`: answers an object, because an SDK merges into it (protocol 1.4), for unknown users too. */
import { forgetUser, userIdOf } from "../../../domain/user-records.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function deleteUser({ tenant, params }: Call): Json {
  forgetUser(tenant, userIdOf(params));
  return { success: true };
}
