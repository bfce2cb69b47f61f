/** `GET /client/public/{tenantId}/magic-link`: where the link of a message leads. The service's own page is not emulated. */
import { findCodeChallenge } from "../../../domain/codes.ts";
import { sameText } from "../../../tenant/tenants.ts";
import type { Json } from "../../../wire/wire.ts";
import { WireError } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function followMagicLink({ tenant, query }: Call): Json {
  const challenge = findCodeChallenge(tenant, query.get("challengeId") ?? "");
  if (
    challenge?.verificationMethod !== "EMAIL_MAGIC_LINK" ||
    !sameText(challenge.code, query.get("code") ?? "")
  ) {
    throw new WireError("not_found", "The link is invalid or has expired.");
  }
  tenant.state.challenges.put(challenge.challengeId, { ...challenge, verifiedAt: tenant.clock.now() });
  return { message: "The link worked. Return to the page that asked for it." };
}
