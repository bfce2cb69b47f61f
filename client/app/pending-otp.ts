/**
 * needs:    nothing else.
 * does:     keeps what is known about a sent code in the history entry of the code view: there it survives a reload
 *           and Back, works where storage is blocked, and is gone with the tab.
 * must not: trust what it reads: a history entry can be older than this version of the page.
 */
import type { ChallengeOtpResponse } from "../../shared/contract.ts";
import { localTime } from "../api/server-time.ts";
import type { PendingOtp } from "../views/otp/otp.ts";

export function pendingOtpFrom(email: string, { expiresAt, resendAfter }: ChallengeOtpResponse): PendingOtp {
  return { email, expiresAt: localTime(expiresAt), resendAt: Date.now() + resendAfter * 1_000 };
}

export function readPendingOtp(state: unknown): PendingOtp | null {
  if (typeof state !== "object" || state === null) return null;
  if (!("email" in state && "expiresAt" in state && "resendAt" in state)) return null;
  const { email, expiresAt, resendAt } = state;
  if (typeof email !== "string" || typeof expiresAt !== "number" || typeof resendAt !== "number") return null;
  return { email, expiresAt, resendAt };
}
