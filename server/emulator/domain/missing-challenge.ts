/** Says in the journal why a challenge cannot be used: callers get one answer for all of them. */
import type { Tenant } from "../tenant/tenant.ts";

/** @returns `otherwise` if no challenge of this tenant had the id */
export function whyMissing(tenant: Tenant, challengeId: string | undefined, otherwise: string): string {
  if (challengeId === undefined) return otherwise;
  const { challenges } = tenant.state;
  const known = challenges.get(challengeId);
  const hasExpired = known !== undefined && known.expiresAt <= tenant.clock.now();
  if (hasExpired || challenges.fate(challengeId) === "expired") return "the challenge has expired";
  return challenges.fate(challengeId) === "deleted" ? "the challenge was already used" : otherwise;
}
