/** `POST /verify` (protocol 4.4): a wrong code is a 200 that says so. */
import { addressKey, checkCode, findCodeChallenge, smsChannelOf } from "../../../domain/codes.ts";
import { whyMissing } from "../../../domain/missing-challenge.ts";
import { requiredText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function verifyChallenge({ tenant, body, note }: Call): Json {
  const challengeId = requiredText(body, "challengeId");
  const verificationCode = requiredText(body, "verificationCode");

  const known = tenant.state.challenges.get(challengeId);
  if (known?.kind !== "code" || known.begunBy !== "server-api") {
    throw invalidRequest(
      "The challenge is invalid.",
      whyMissing(tenant, challengeId, "no challenge has this id"),
    );
  }
  const outcome = checkCode(tenant, findCodeChallenge(tenant, challengeId), verificationCode, note);
  if (!outcome.isVerified) return { ...outcome };
  return {
    isVerified: true,
    [addressKey(known.verificationMethod)]: known.address,
    verificationMethod: known.verificationMethod,
    smsChannel: smsChannelOf(known),
  };
}
