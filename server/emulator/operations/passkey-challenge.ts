import { checkActionCode } from "../actions.ts";
import { optionalText, requiredText } from "../input.ts";
import type { Call } from "../operation.ts";
import type { Json } from "../wire.ts";

/** `POST /client/challenge` (protocol 5.1): names the action of a sign-in before anyone knows whose it will be. */
export function initiatePasskeyChallenge({ tenant, body }: Call): Json {
  const challengeId = tenant.random.uuid();
  tenant.state.challenges.put(challengeId, {
    kind: "authentication",
    verificationMethod: "PASSKEY",
    challengeId,
    actionCode: checkActionCode(requiredText(body, "action")),
    idempotencyKey: optionalText(body, "idempotencyKey", 256) ?? tenant.random.uuid(),
    createdAt: tenant.clock.now(),
    expiresAt: tenant.expiry(),
  });
  return { challengeId };
}
