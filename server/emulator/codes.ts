import { sameText } from "./authentication.ts";
import { WireError } from "./errors.ts";
import type { CodeChallenge, CodeMethod } from "./records.ts";
import type { Tenant } from "./tenant.ts";
import type { VerificationFailureReason } from "./wire.ts";

/** The vendor's own form accepts exactly six digits (protocol 7). */
const codeLength = 6;

export type CodeRequest = Omit<CodeChallenge, "kind" | "challengeId" | "createdAt" | "expiresAt" | "code"> & {
  /** Sending again keeps the challenge and replaces its code. */
  readonly challengeId?: string | undefined;
};

/** Sends a fresh code and remembers the challenge it belongs to; an earlier code of that challenge stops working. */
export function sendCode(tenant: Tenant, request: CodeRequest): CodeChallenge {
  const { verificationMethod, address } = request;
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
    code: tenant.random.digits(codeLength),
    createdAt: tenant.clock.now(),
    expiresAt: tenant.expiry(),
  };
  tenant.state.challenges.put(challenge.challengeId, challenge);
  tenant.outbox.send(toMessage(tenant, challenge));
  return challenge;
}

function toMessage(tenant: Tenant, challenge: CodeChallenge) {
  const { address, verificationMethod, code, expiresAt, userId, actionCode, idempotencyKey } = challenge;
  return {
    to: address,
    channel: verificationMethod,
    code,
    subject: `${code} is your code for ${tenant.settings.rpName}`,
    text: `Your verification code for ${tenant.settings.rpName} is ${code}. If you did not ask for it, ignore this message.`,
    expiresAt,
    userId,
    actionCode,
    idempotencyKey,
  };
}

export type CodeOutcome = { readonly isVerified: true } | RefusedCode;
export interface RefusedCode {
  readonly isVerified: false;
  readonly failureReason: VerificationFailureReason;
}

/** A wrong, spent, expired or foreign code all look the same to the caller; the journal tells them apart. */
export function checkCode(
  tenant: Tenant,
  challenge: CodeChallenge | undefined,
  code: string,
  note: (text: string) => void,
): CodeOutcome {
  const refuse = (failureReason: VerificationFailureReason, reason: string): RefusedCode => {
    note(reason);
    return { isVerified: false, failureReason };
  };
  if (challenge === undefined)
    return refuse("CODE_INVALID_OR_EXPIRED", "no code was sent, or it has expired");
  if (!tenant.limits.verify(challenge.verificationMethod, challenge.address)) {
    return refuse("MAX_ATTEMPTS_EXCEEDED", "more than 10 tries in 5 minutes");
  }
  if (challenge.verifiedAt !== undefined)
    return refuse("CODE_INVALID_OR_EXPIRED", "the code was already used");
  if (!sameText(code, challenge.code)) return refuse("CODE_INVALID_OR_EXPIRED", "the code is wrong");

  tenant.state.challenges.put(challenge.challengeId, { ...challenge, verifiedAt: tenant.clock.now() });
  return { isVerified: true };
}

/** A challenge that still stands; the sweep drops expired ones only now and then, so the clock decides here. */
export function findCodeChallenge(tenant: Tenant, challengeId: string): CodeChallenge | undefined {
  const challenge = tenant.state.challenges.get(challengeId);
  return challenge?.kind === "code" && challenge.expiresAt > tenant.clock.now() ? challenge : undefined;
}

export function addressKey(method: CodeMethod): "email" | "phoneNumber" {
  return method === "SMS" || method === "WHATSAPP" ? "phoneNumber" : "email";
}
