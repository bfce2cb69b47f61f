/**
 * Finds the ceremony of a security key: it sends no challenge id and its credential bare (protocol 5.9), so the token's
 * action says which.
 */
import type { Challenge } from "../../../tenant/records.ts";
import { isJsonObject } from "../../../wire/input.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { TokenCall } from "../../api-operation.ts";

/** The newest open ceremony of the token's action. */
export function openCeremony({ tenant, token }: TokenCall, kind: Challenge["kind"]): Challenge | undefined {
  return tenant.state.challenges
    .where("idempotencyKey", token.idempotencyKey)
    .filter(
      (one) => one.kind === kind && one.verificationMethod === "SECURITY_KEY" && one.userId === token.userId,
    )
    .at(-1);
}

export function bareCredential({ body }: TokenCall) {
  if (!isJsonObject(body) || body.response === undefined)
    throw invalidRequest("The body must be a credential.");
  return body;
}
