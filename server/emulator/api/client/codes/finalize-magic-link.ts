/** `POST /client/verify/email-magic-link/finalize` (protocol 5.9): polled by the browser until the link was followed. */
import { keptIfRefused } from "../../../domain/codes.ts";
import { optionalText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { TokenCall } from "../../api-operation.ts";
import { finishCode } from "./finish-code.ts";
import { openCode } from "./open-code.ts";

export function finalizeMagicLink(call: TokenCall): Json | Promise<Json> {
  const challengeId = optionalText(call.body, "challengeId");
  const challenge = openCode(call, "EMAIL_MAGIC_LINK");
  if (challenge === undefined || (challengeId ?? challenge.challengeId) !== challenge.challengeId)
    throw invalidRequest("The challenge is invalid.", "no open magic link for this action");
  if (challenge.verifiedAt === undefined) return { isVerified: false };
  call.tenant.state.challenges.delete(challenge.challengeId);
  return keptIfRefused(call.tenant, challenge, () => finishCode(call, challenge, call.token.userId));
}
