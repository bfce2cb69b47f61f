/**
 * Keeps what is known about a sent code in the history entry of the code view. There it survives a reload and Back,
 * needs no storage, and goes with the tab.
 */
import type { ChallengeOtpResponse } from "../../shared/contract.ts";
import { localTime } from "../http/server-time.ts";

/** Times are milliseconds of this browser's clock. */
export interface PendingOtp {
  readonly email: string;
  readonly expiresAt: number;
  readonly resendAt: number;
}

export function pendingOtpFrom(email: string, { expiresAt, resendAfter }: ChallengeOtpResponse): PendingOtp {
  return { email, expiresAt: localTime(expiresAt), resendAt: Date.now() + resendAfter * 1_000 };
}

/** Null for any other state: a history entry can be older than this version of the page. */
export function readPendingOtp(state: unknown): PendingOtp | null {
  const { email, expiresAt, resendAt }: Record<string, unknown> = Object(state);
  if (typeof email !== "string" || typeof expiresAt !== "number" || typeof resendAt !== "number") return null;
  return { email, expiresAt, resendAt };
}
