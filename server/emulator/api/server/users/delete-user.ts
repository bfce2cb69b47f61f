/** `DELETE /users/{userId}`: answers an object, because an SDK merges into it (protocol 1.4), for unknown users too. Actions are kept without `actions=true`. */
import { forgetUser, userIdOf } from "../../../domain/user-records.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function deleteUser({ tenant, params, query }: Call): Json {
  const actions = query.get("actions");
  if (actions !== null && actions !== "true" && actions !== "false")
    throw invalidRequest("actions must be true or false.");
  forgetUser(tenant, userIdOf(params), { keepActions: actions !== "true" });
  return { success: true };
}
