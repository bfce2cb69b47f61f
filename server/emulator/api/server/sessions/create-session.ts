/** `POST /sessions` (protocol 8.1): a finished challenge becomes a pair of tokens. */
import { findAction } from "../../../domain/tracked-actions.ts";
import { optionalText, requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";
import { issuePair } from "./token-pair.ts";

export async function createSession(call: Call): Promise<Json> {
  const { tenant, body } = call;
  const clientId = requiredText(body, "clientId", 256);
  const token = requiredText(body, "token", 8_192);
  const actionCode = optionalText(body, "action");
  const { appClients } = tenant.settings;
  if (appClients.length > 0 && !appClients.some((client) => client.clientId === clientId)) {
    throw invalidRequest("The app client does not exist.");
  }
  const claims = tenant.tokens.check(token);
  if (actionCode !== undefined && actionCode !== claims.actionCode)
    throw invalidRequest("Action is invalid.");
  const action = findAction(tenant, claims);
  if (action?.state !== "CHALLENGE_SUCCEEDED" || action.verificationMethod === undefined) {
    throw invalidRequest("The challenge has not been completed.");
  }
  const { userId, verificationMethod } = action;
  const sessionId = tenant.random.uuid();
  return issuePair(call, { sessionId, userId, clientId, verificationMethod, createdAt: tenant.clock.now() });
}
