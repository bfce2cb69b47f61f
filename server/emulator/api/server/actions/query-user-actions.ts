/** `GET /users/{userId}/actions`: newest first, at most 30 days back. */
import { userIdOf } from "../../../domain/user-records.ts";
import { toIso } from "../../../tenant/clock.ts";
import { optionalChoice } from "../../../wire/input.ts";
import { actionStates, type Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function queryUserActions({ tenant, params, query }: Call): Json {
  const codes = query
    .get("codes")
    ?.split(",")
    .filter((code) => code !== "");
  const state = optionalChoice({ state: query.get("state") }, "state", actionStates) ?? null;
  const fromDate = query.get("fromDate");
  const from = fromDate === null ? Number.NEGATIVE_INFINITY : Date.parse(fromDate);
  if (Number.isNaN(from)) throw invalidRequest("fromDate must be an ISO 8601 date.");
  return (
    tenant.state.actions
      .where("userId", userIdOf(params))
      // The sort is stable, so this is the order within one millisecond.
      .reverse()
      .filter((action) => action.expiresAt > tenant.clock.now() && action.createdAt >= from)
      .filter((action) => state === null || action.state === state)
      .filter((action) => codes === undefined || codes.length === 0 || codes.includes(action.actionCode))
      .sort((left, right) => right.createdAt - left.createdAt)
      .map((action) => ({
        actionCode: action.actionCode,
        idempotencyKey: action.idempotencyKey,
        createdAt: toIso(action.createdAt),
        updatedAt: toIso(action.stateUpdatedAt),
        state: action.state,
        stateUpdatedAt: toIso(action.stateUpdatedAt),
        verificationMethod: action.verificationMethod,
        verifiedByAuthenticatorId: action.verifiedByAuthenticatorId,
        userAgent: action.userAgent,
        ipAddress: action.ipAddress,
      }))
  );
}
