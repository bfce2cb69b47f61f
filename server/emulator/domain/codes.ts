/** Sends codes and links, and checks the codes that come back. */

import type { CodeChallenge, CodeMethod } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { sameText } from "../tenant/tenants.ts";
import { checkAddress } from "../wire/person-addresses.ts";
import type { SmsChannel, VerificationFailureReason } from "../wire/wire.ts";
import { RefusedByReceiver, WireError } from "../wire/wire-error.ts";

export type CodeRequest = Omit<CodeChallenge, "kind" | "challengeId" | "createdAt" | "expiresAt" | "code"> & {
  /** Sending again keeps the challenge and replaces its code. */
  readonly challengeId?: string | undefined;
};

/** Sends a new code and stores its challenge. An earlier code of the same challenge stops working. */
export async function sendCode(tenant: Tenant, request: CodeRequest): Promise<CodeChallenge> {
  const { verificationMethod, address } = request;
  checkAddress(addressKey(verificationMethod), address);
  if (!tenant.limits.send(verificationMethod, address)) {
    throw new WireError(
      "too_many_requests",
      "Too many codes were sent. Try again later.",
      "send limit reached",
    );
  }
  const challenge: CodeChallenge = {
    ...request,
    kind: "code",
    challengeId: request.challengeId ?? tenant.random.uuid(),
    code: verificationMethod === "EMAIL_MAGIC_LINK" ? linkSecret(tenant) : nextCode(tenant, address),
    createdAt: tenant.clock.now(),
    expiresAt: tenant.expiry(),
  };
  tenant.state.challenges.put(challenge.challengeId, challenge);
  const message = toMessage(tenant, challenge);
  tenant.outbox.send(message);
  if (addressKey(verificationMethod) === "email") await tenant.mail?.deliver(message);
  await tenant.webhooks.deliver(
    addressKey(verificationMethod) === "email" ? "email.created" : "sms.created",
    {
      to: address,
      code: message.code,
      url: message.link,
      userId: challenge.userId,
      actionCode: challenge.actionCode,
      idempotencyKey: challenge.idempotencyKey,
      verificationMethod,
      userAgent: challenge.userAgent,
      ipAddress: challenge.ipAddress,
      locale: challenge.locale ?? tenant.state.users.get(challenge.userId ?? "")?.locale,
      smsChannel: smsChannelOf(challenge),
    },
  );
  return challenge;
}

function nextCode(tenant: Tenant, address: string): string {
  const fixed = tenant.state.fixedCodes.get(address);
  const isValid = fixed !== undefined && (fixed.expiresAt ?? Number.POSITIVE_INFINITY) > tenant.clock.now();
  return isValid ? fixed.code : tenant.random.digits(tenant.settings.codeLength);
}

function linkSecret(tenant: Tenant): string {
  return tenant.random.bytes(24).toString("base64url");
}

function toMessage(tenant: Tenant, challenge: CodeChallenge) {
  const { address, verificationMethod, code, expiresAt, userId, actionCode, idempotencyKey } = challenge;
  const { rpName } = tenant.settings;
  const channel = challenge.smsChannel === "WHATSAPP" ? ("WHATSAPP" as const) : verificationMethod;
  const common = { to: address, channel, expiresAt, userId, actionCode, idempotencyKey };
  if (verificationMethod === "EMAIL_MAGIC_LINK") {
    const query = new URLSearchParams({ challengeId: challenge.challengeId, code });
    const link = `${tenant.apiUrl()}/client/public/${encodeURIComponent(tenant.tenantId)}/magic-link?${query}`;
    return {
      ...common,
      code: undefined,
      link,
      subject: `Your link for ${rpName}`,
      text: `Continue to ${rpName}: ${link}`,
    };
  }
  const text = `Your verification code for ${rpName} is ${code}. If you did not ask for it, ignore this message.`;
  return { ...common, code, link: undefined, subject: `${code} is your code for ${rpName}`, text };
}

export type CodeOutcome = { readonly isVerified: true } | FailedCode;
export interface FailedCode {
  readonly isVerified: false;
  readonly failureReason: VerificationFailureReason;
}

/** The caller gets the same answer for a wrong, used, expired or foreign code; the journal tells them apart. */
export function checkCode(
  tenant: Tenant,
  challenge: CodeChallenge | undefined,
  code: string,
  note: (text: string) => void,
): CodeOutcome {
  const fail = (failureReason: VerificationFailureReason, reason: string): FailedCode => {
    note(reason);
    return { isVerified: false, failureReason };
  };
  if (challenge === undefined) return fail("CODE_INVALID_OR_EXPIRED", "no code was sent, or it has expired");
  if (!tenant.limits.verify(challenge.verificationMethod, challenge.address)) {
    return fail("MAX_ATTEMPTS_EXCEEDED", "more than 10 tries in 5 minutes");
  }
  if (challenge.verifiedAt !== undefined) return fail("CODE_INVALID_OR_EXPIRED", "the code was already used");
  if (!sameText(code, challenge.code)) return fail("CODE_INVALID_OR_EXPIRED", "the code is wrong");

  tenant.state.challenges.put(challenge.challengeId, { ...challenge, verifiedAt: tenant.clock.now() });
  return { isVerified: true };
}

/** Where `action.verify` is refused, the person may verify again (documented): the challenge stays as it was. */
export async function keptIfRefused<T>(
  { state }: Tenant,
  challenge: CodeChallenge,
  finish: () => T | Promise<T>,
): Promise<T> {
  try {
    return await finish();
  } catch (error) {
    if (error instanceof RefusedByReceiver) state.challenges.put(challenge.challengeId, challenge);
    throw error;
  }
}

/** A code challenge that has not expired. The sweep runs at intervals, so the expiry is checked here. */
export function findCodeChallenge(tenant: Tenant, challengeId: string): CodeChallenge | undefined {
  const challenge = tenant.state.challenges.get(challengeId);
  return challenge?.kind === "code" && challenge.expiresAt > tenant.clock.now() ? challenge : undefined;
}

/** Shown for SMS alone. */
export function smsChannelOf({ verificationMethod, smsChannel }: CodeChallenge): SmsChannel | undefined {
  return verificationMethod === "SMS" ? (smsChannel ?? "DEFAULT") : undefined;
}

export function addressKey(method: CodeMethod): "email" | "phoneNumber" {
  return method === "SMS" || method === "WHATSAPP" ? "phoneNumber" : "email";
}
