/** The one-time code that a browser waits for, as JSON in a session. Times are ISO 8601. */
import type { PendingOtp } from "../passkeys/ports/sessions.ts";

export interface PendingCodeData {
  challengeId: string;
  email: string;
  sentAt: string;
  expiresAt: string;
}

export function toPendingCodeData({ challengeId, email, sentAt, expiresAt }: PendingOtp): PendingCodeData {
  return { challengeId, email, sentAt: sentAt.toISOString(), expiresAt: expiresAt.toISOString() };
}

export function fromPendingCodeData(data: PendingCodeData | undefined): PendingOtp | null {
  if (data === undefined) return null;
  const { challengeId, email, sentAt, expiresAt } = data;
  return { challengeId, email, sentAt: new Date(sentAt), expiresAt: new Date(expiresAt) };
}
