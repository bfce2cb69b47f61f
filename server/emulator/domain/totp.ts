/** Checks the codes of authenticator apps (RFC 6238): one step of tolerance, each code once. */
import { Secret, TOTP } from "otpauth";
import type { UserAuthenticator } from "../tenant/records.ts";

export function newTotpSecret(bytes: Uint8Array): string {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer }).base32;
}

/** The time step of a correct code; `undefined` for a wrong or used one. */
export function matchingStep(
  { totpSecret, totpStep: spent = -1 }: UserAuthenticator,
  code: string,
  now: number,
): number | undefined {
  if (totpSecret === undefined) return undefined;
  const secret = Secret.fromBase32(totpSecret);
  const delta = TOTP.validate({ token: code, secret, window: 1, timestamp: now });
  if (delta === null) return undefined;
  const current = TOTP.counter({ timestamp: now });
  const step = current + delta;
  // A used step in the future is from before a test set the clock back: it does not rule out today's codes.
  return step > spent || spent > current + 1 ? step : undefined;
}
