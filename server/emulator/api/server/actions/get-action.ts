/** `GET /users/{userId}/actions/{actionCode}/{idempotencyKey}` (protocol 4.9): one occurrence of an action. */
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";
import { actionView, requireAction } from "./action-view.ts";

export function getAction(call: Call): Json {
  return actionView(call.tenant, requireAction(call));
}
