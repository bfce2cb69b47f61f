/** Begins a registration ceremony: stores its challenge under the token's action. */
import type { RegistrationChallenge } from "../../../tenant/records.ts";
import type { TokenCall } from "../../api-operation.ts";

export function beginRegistration(
  { tenant, token }: TokenCall,
  verificationMethod: "PASSKEY" | "SECURITY_KEY",
  username: string,
  displayName: string,
): RegistrationChallenge {
  const challenge: RegistrationChallenge = {
    kind: "registration",
    verificationMethod,
    challengeId: tenant.random.uuid(),
    userId: token.userId,
    actionCode: token.actionCode,
    idempotencyKey: token.idempotencyKey,
    webauthnChallenge: tenant.random.bytes(32).toString("base64url"),
    username,
    displayName,
    createdAt: tenant.clock.now(),
    expiresAt: tenant.expiry(),
  };
  tenant.state.challenges.put(challenge.challengeId, challenge);
  return challenge;
}
