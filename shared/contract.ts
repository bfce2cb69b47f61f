/**
 * The bodies of our REST API: one schema each, types inferred from it. The server parses requests with these,
 * the client imports the types only (`import type`), so no validator reaches the browser.
 *
 * Requests are strict (an unknown key is `validation_failed`). Times are ISO 8601 in UTC; durations are seconds.
 */
import { z } from "zod";
import { actions } from "./actions.ts";

/** RFC 5321 4.5.3.1.3: a path is at most 256 octets, angle brackets included. */
const email = z.string().trim().max(254).pipe(z.email());
const instant = z.iso.datetime();
/** An Authsignal token is a JWT; ours never look inside one. */
const resultToken = z
  .string()
  .min(1)
  .max(8192)
  .regex(/^[\w.~+/=-]+$/);

export const User = z.object({ id: z.string(), email: z.string() });
export type User = z.infer<typeof User>;

export const Passkey = z.object({
  /** Authsignal's `userAuthenticatorId`. */
  id: z.string(),
  /** What the person sees: the provider's name, numbered when there are several. */
  name: z.string(),
  /** Provider by AAGUID (for example "iCloud Keychain"), or null when it is not known. */
  provider: z.string().nullable(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
});
export type Passkey = z.infer<typeof Passkey>;

export const ChallengeOtpRequest = z.strictObject({ email });
export type ChallengeOtpRequest = z.infer<typeof ChallengeOtpRequest>;

/** The same for known and unknown addresses. */
export const ChallengeOtpResponse = z.object({
  /** When the code stops working. */
  expiresAt: instant,
  /** Seconds until asking again sends another code. */
  resendAfter: z.int().nonnegative(),
});
export type ChallengeOtpResponse = z.infer<typeof ChallengeOtpResponse>;

/** Spaces and dashes are dropped: people paste codes as their mail shows them. */
export const VerifyOtpRequest = z.strictObject({
  code: z
    .string()
    .max(32)
    .transform((typed) => typed.replace(/[\s-]/g, ""))
    .pipe(z.string().regex(/^\d{6,8}$/, "A code has 6 to 8 digits.")),
});
export type VerifyOtpRequest = z.input<typeof VerifyOtpRequest>;

export const SignedInResponse = z.object({ user: User });
export type SignedInResponse = z.infer<typeof SignedInResponse>;

export const EnrollTokenRequest = z.strictObject({});
export type EnrollTokenRequest = z.infer<typeof EnrollTokenRequest>;

export const EnrollTokenResponse = z.object({
  /** Authsignal's track token for one passkey enrollment, for `passkey.signUp`. Lives about ten minutes. */
  token: z.string(),
  /** What the password manager shows. */
  username: z.string(),
  displayName: z.string(),
});
export type EnrollTokenResponse = z.infer<typeof EnrollTokenResponse>;

export const ValidateRequest = z.strictObject({
  /** The result token that the browser got from the ceremony. */
  token: resultToken,
  /** What the token was minted for. Anything else is refused. */
  action: z.enum([actions.signInWithPasskey, actions.enrollPasskey]),
});
export type ValidateRequest = z.infer<typeof ValidateRequest>;

export const EnrolledResponse = z.object({ passkey: Passkey });
export type EnrolledResponse = z.infer<typeof EnrolledResponse>;

export const SessionResponse = z.object({ user: User.nullable() });
export type SessionResponse = z.infer<typeof SessionResponse>;

export const PasskeysResponse = z.array(Passkey);
export type PasskeysResponse = z.infer<typeof PasskeysResponse>;

/** What the browser SDK needs, so that one build serves every tenant. */
export const ConfigResponse = z.object({
  tenantId: z.string(),
  /** Authsignal's API base, ending in `/v1`. */
  baseUrl: z.string(),
});
export type ConfigResponse = z.infer<typeof ConfigResponse>;
