/** `POST /challenge` (protocol 4.3): sends a code to an address, for a user who need not exist yet. */
import { addressKey, findCodeChallenge, sendCode } from "../../../domain/codes.ts";
import { whyMissing } from "../../../domain/missing-challenge.ts";
import { requirePermitted } from "../../../domain/permitted-methods.ts";
import { checkActionCode } from "../../../domain/tracked-actions.ts";
import { checkUserId } from "../../../domain/user-records.ts";
import { toUnixSeconds } from "../../../tenant/clock.ts";
import type { CodeChallenge } from "../../../tenant/records.ts";
import { optionalChoice, optionalText, requiredText } from "../../../wire/input.ts";
import { type Json, smsChannels } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";
import { readScope } from "../../scope.ts";

const codeMethods = ["EMAIL_OTP", "SMS", "WHATSAPP"] as const;

export async function initiateChallenge(call: Call): Promise<Json> {
  const { body } = call;
  const challengeId = optionalText(body, "challengeId");
  const challenge = await (challengeId === undefined ? begin(call) : resend(call, challengeId));
  return {
    challengeId: challenge.challengeId,
    idempotencyKey: challenge.idempotencyKey,
    expiresAt: toUnixSeconds(challenge.expiresAt),
  };
}

function begin({ tenant, body }: Call): Promise<CodeChallenge> {
  const verificationMethod = optionalChoice(body, "verificationMethod", codeMethods);
  if (verificationMethod === undefined) throw invalidRequest("verificationMethod is required.");
  const smsChannel = optionalChoice(body, "smsChannel", smsChannels);
  const actionCode = checkActionCode(requiredText(body, "action"));
  requirePermitted(tenant, actionCode, verificationMethod);
  const userId = optionalText(body, "userId");
  return sendCode(tenant, {
    verificationMethod,
    smsChannel: verificationMethod === "SMS" ? smsChannel : undefined,
    begunBy: "server-api",
    address: requiredText(body, addressKey(verificationMethod), 320),
    actionCode,
    idempotencyKey: optionalText(body, "idempotencyKey", 256) ?? tenant.random.uuid(),
    userId: userId === undefined ? undefined : checkUserId(userId),
    scope: readScope(body),
    locale: optionalText(body, "locale"),
    deviceId: optionalText(body, "deviceId"),
    ipAddress: optionalText(body, "ipAddress"),
    userAgent: optionalText(body, "userAgent"),
  });
}

/** Naming a challenge sends a fresh code for it (protocol 4.3, "replay"). */
function resend({ tenant }: Call, challengeId: string): Promise<CodeChallenge> {
  const challenge = findCodeChallenge(tenant, challengeId);
  if (challenge === undefined || challenge.begunBy !== "server-api" || challenge.verifiedAt !== undefined) {
    throw invalidRequest(
      "The challenge is invalid.",
      whyMissing(tenant, challengeId, "no open challenge has this id"),
    );
  }
  return sendCode(tenant, challenge);
}
