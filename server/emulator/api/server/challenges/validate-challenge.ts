/** `POST /validate` (protocol 4.2): the state of the action that a token names. A mismatch answers 200. */
import { findAction } from "../../../domain/tracked-actions.ts";
import { toIso } from "../../../tenant/clock.ts";
import type { Tenant } from "../../../tenant/tenant.ts";
import type { ClientToken } from "../../../tenant/tokens.ts";
import { optionalText, requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { unauthorized, WireError } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function validateChallenge({ tenant, body, note, nameUser }: Call): Json {
  const token = requiredText(body, "token");
  const userId = optionalText(body, "userId");
  const actionCode = optionalText(body, "action");

  const claims = readToken(tenant, token, note);
  if (claims === undefined) return { isValid: false };
  nameUser(claims.userId);
  if (userId !== undefined && userId !== claims.userId) return mismatch("User is invalid.");
  if (actionCode !== undefined && actionCode !== claims.actionCode) return mismatch("Action is invalid.");

  const action = findAction(tenant, claims);
  if (action === undefined || tenant.state.users.get(claims.userId) === undefined) {
    note(action === undefined ? "the token's action no longer exists" : "the token's user was deleted");
    return { isValid: false };
  }
  return {
    isValid: action.state === "CHALLENGE_SUCCEEDED",
    state: action.state,
    stateUpdatedAt: toIso(action.stateUpdatedAt),
    userId: action.userId,
    // SDKs differ in which of the two they read.
    action: action.actionCode,
    actionCode: action.actionCode,
    idempotencyKey: action.idempotencyKey,
    verificationMethod: action.verificationMethod,
  };

  function mismatch(error: string): Json {
    note(`the token does not match the request: ${error}`);
    return { isValid: false, error };
  }
}

/** The answer to an invalid token is not documented; the tenant chooses (question 9). */
function readToken(tenant: Tenant, token: string, note: Call["note"]): ClientToken | undefined {
  try {
    return tenant.tokens.check(token);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    if (tenant.settings.validateRefusal === "unauthorized") {
      throw error.code === "expired_token" ? error : unauthorized(error.reason);
    }
    note(error.reason);
    return undefined;
  }
}
