/** Begins an authentication ceremony: stores its challenge under the action of the token, or of a sign-in. */
import { requirePermitted } from "../../../domain/permitted-methods.ts";
import type { AuthenticationChallenge } from "../../../tenant/records.ts";
import type { MaybeTokenCall } from "../../api-operation.ts";

export type BegunAuthentication = AuthenticationChallenge & {
  readonly webauthnChallenge: string;
  readonly userId: string | undefined;
};

export function beginAuthentication(
  { tenant, token }: MaybeTokenCall,
  verificationMethod: "PASSKEY" | "SECURITY_KEY",
  open?: AuthenticationChallenge,
): BegunAuthentication {
  const actionCode = token?.actionCode ?? open?.actionCode ?? tenant.settings.anonymousActionCode;
  requirePermitted(tenant, actionCode, verificationMethod);
  const challenge: BegunAuthentication = {
    kind: "authentication",
    verificationMethod,
    challengeId: open?.challengeId ?? tenant.random.uuid(),
    actionCode,
    idempotencyKey: token?.idempotencyKey ?? open?.idempotencyKey ?? tenant.random.uuid(),
    userId: token?.userId,
    webauthnChallenge: tenant.random.bytes(32).toString("base64url"),
    createdAt: tenant.clock.now(),
    expiresAt: tenant.expiry(),
  };
  tenant.state.challenges.put(challenge.challengeId, challenge);
  return challenge;
}
