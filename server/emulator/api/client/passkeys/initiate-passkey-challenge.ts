/** `POST /client/challenge` (protocol 5.1): names the action of a sign-in whose user is not known yet. */
import { requirePermitted } from "../../../domain/permitted-methods.ts";
import { checkActionCode } from "../../../domain/tracked-actions.ts";
import { optionalText, requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function initiatePasskeyChallenge({ tenant, body }: Call): Json {
  const actionCode = checkActionCode(requiredText(body, "action"));
  requirePermitted(tenant, actionCode, "PASSKEY");
  const challengeId = tenant.random.uuid();
  tenant.state.challenges.put(challengeId, {
    kind: "authentication",
    verificationMethod: "PASSKEY",
    challengeId,
    actionCode,
    idempotencyKey: optionalText(body, "idempotencyKey", 256) ?? tenant.random.uuid(),
    createdAt: tenant.clock.now(),
    expiresAt: tenant.expiry(),
  });
  return { challengeId };
}
