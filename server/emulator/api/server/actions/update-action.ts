/** `PATCH /users/{userId}/actions/{actionCode}/{idempotencyKey}`: any listed state may follow any other. */
import { moveAction } from "../../../domain/tracked-actions.ts";
import { optionalChoice } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { actionStates } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";
import { actionView, requireAction } from "./action-view.ts";

/** `PATCH` on the same path: any listed state may follow any other. */
export function updateAction(call: Call): Json {
  const state = optionalChoice(call.body, "state", actionStates);
  if (state === undefined) throw invalidRequest("state is required.");
  return actionView(call.tenant, moveAction(call.tenant, requireAction(call), state));
}
