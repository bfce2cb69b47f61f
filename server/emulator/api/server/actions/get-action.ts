import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";
import { actionView, requireAction } from "./action-view.ts";

/** `GET /users/{userId}/actions/{actionCode}/{idempotencyKey}` (protocol 4.9). */
export function getAction(call: Call): Json {
  return actionView(requireAction(call));
}
