/** Sends a code for a token and finds it again: one open code for each action and method. */
import { sendCode } from "../../../domain/codes.ts";
import { findAction } from "../../../domain/tracked-actions.ts";
import type { CodeChallenge, CodeMethod } from "../../../tenant/records.ts";
import type { SmsChannel } from "../../../wire/wire.ts";
import type { TokenCall } from "../../api-operation.ts";

export type Caller = Pick<TokenCall, "tenant" | "token">;

export interface SendOptions {
  readonly userAuthenticatorId?: string | undefined;
  /** Default: the authenticator's own. */
  readonly smsChannel?: SmsChannel | undefined;
}

/** One open code per action and method: sending again replaces the code, so that only the newest works. */
export function sendCodeFor(
  caller: Caller,
  verificationMethod: CodeMethod,
  address: string,
  { userAuthenticatorId, smsChannel }: SendOptions,
): Promise<CodeChallenge> {
  const { tenant, token } = caller;
  const { userAgent, ipAddress, deviceId, locale } = findAction(tenant, token) ?? {};
  return sendCode(tenant, {
    challengeId: openCode(caller, verificationMethod)?.challengeId,
    verificationMethod,
    begunBy: "client-api",
    address,
    actionCode: token.actionCode,
    idempotencyKey: token.idempotencyKey,
    userId: token.userId,
    userAuthenticatorId,
    smsChannel: verificationMethod === "SMS" ? smsChannel : undefined,
    ...{ userAgent, ipAddress, deviceId, locale },
  });
}

export function openCode(
  { tenant, token }: Caller,
  verificationMethod: CodeMethod,
): CodeChallenge | undefined {
  return tenant.state.challenges
    .where("idempotencyKey", token.idempotencyKey)
    .filter((challenge) => challenge.kind === "code")
    .find(
      (challenge) =>
        challenge.begunBy === "client-api" &&
        challenge.verificationMethod === verificationMethod &&
        challenge.userId === token.userId &&
        challenge.actionCode === token.actionCode &&
        challenge.expiresAt > tenant.clock.now(),
    );
}
