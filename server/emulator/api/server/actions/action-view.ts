/** Finds one occurrence of an action by its path, and shows it. */
import { checkActionCode, findAction } from "../../../domain/tracked-actions.ts";
import { userIdOf } from "../../../domain/user-records.ts";
import { toIso } from "../../../tenant/clock.ts";
import type { Action } from "../../../tenant/records.ts";
import type { Json } from "../../../wire/wire.ts";
import { WireError } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function requireAction({ tenant, params }: Call): Action {
  const name = {
    userId: userIdOf(params),
    actionCode: checkActionCode(params.actionCode ?? ""),
    idempotencyKey: params.idempotencyKey ?? "",
  };
  const action = findAction(tenant, name);
  if (action === undefined) throw new WireError("not_found", "The action does not exist.");
  return action;
}

export function actionView(action: Action): Json {
  return {
    state: action.state,
    createdAt: toIso(action.createdAt),
    stateUpdatedAt: toIso(action.stateUpdatedAt),
    verificationMethod: action.verificationMethod,
    verifiedByAuthenticatorId: action.verifiedByAuthenticatorId,
    output: {},
    ruleIds: [],
    rules: [],
  };
}
