/** Finds one occurrence of an action by its path, and shows it. */

import { rulesOf } from "../../../domain/action-rules.ts";
import { checkActionCode, findAction } from "../../../domain/tracked-actions.ts";
import { userIdOf } from "../../../domain/user-records.ts";
import { toIso } from "../../../tenant/clock.ts";
import type { Action } from "../../../tenant/records.ts";
import type { Tenant } from "../../../tenant/tenant.ts";
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

export function actionView(tenant: Tenant, action: Action): Json {
  const { ruleIds = [] } = action;
  return {
    state: action.state,
    createdAt: toIso(action.createdAt),
    stateUpdatedAt: toIso(action.stateUpdatedAt),
    verificationMethod: action.verificationMethod,
    verifiedByAuthenticatorId: action.verifiedByAuthenticatorId,
    output: {},
    ruleIds,
    rules: rulesOf(tenant, action.actionCode, ruleIds).map(({ ruleId, name }) => ({ ruleId, name })),
  };
}
