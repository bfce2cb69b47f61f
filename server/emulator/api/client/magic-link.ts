import { findCodeChallenge } from "../../domain/codes.ts";
import { sameText } from "../../tenant/callers.ts";
import type { Json } from "../../wire/wire.ts";
import { invalidRequest, WireError } from "../../wire/wire-error.ts";
import type { Call, TokenCall } from "../api-operation.ts";
import { finishCode, openCode } from "./client-codes.ts";

/**
 * `POST /client/verify/email-magic-link/finalize` (protocol 5.9): polled by the browser until the person has followed the
 * link, which then counts as proof of the address.
 */
export function finalizeMagicLink(call: TokenCall): Json {
  const challenge = openCode(call, "EMAIL_MAGIC_LINK");
  if (challenge === undefined)
    throw invalidRequest("The challenge is invalid.", "no open magic link for this action");
  if (challenge.verifiedAt === undefined) return { isVerified: false };
  call.tenant.state.challenges.delete(challenge.challengeId);
  return finishCode(call, challenge, call.token.userId);
}

/** Where the link in the message leads: an address of the emulator, since the real one's page is Authsignal's own. */
export function followMagicLink({ tenant, query }: Call): Json {
  const challenge = findCodeChallenge(tenant, query.get("challengeId") ?? "");
  if (
    challenge?.verificationMethod !== "EMAIL_MAGIC_LINK" ||
    !sameText(challenge.code, query.get("code") ?? "")
  ) {
    throw new WireError("not_found", "The link is invalid or has expired.");
  }
  tenant.state.challenges.put(challenge.challengeId, { ...challenge, verifiedAt: tenant.clock.now() });
  return { message: "The link worked. Return to the page where you asked for it." };
}
