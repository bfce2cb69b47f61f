/**
 * The bodies of our REST API: one schema each, types inferred from it. The server parses requests with these,
 * the client imports the types only (`import type`), so no validator reaches the browser.
 *
 * Requests are strict (an unknown key is `validation_failed`). Times are ISO 8601 in UTC; durations are seconds.
 */
import { z } from "zod";
import { code, email } from "./typed-members.ts";

export { Activity, ActivityResponse, CeremonyReport, NotMeRequest, NotMeResponse } from "./account-events.ts";

const instant = z.iso.datetime();
/** An Authsignal token is a JWT; ours never look inside one. */
const resultToken = z
  .string()
  .min(1)
  .max(8192)
  .regex(/^[\w.~+/=-]+$/);

/** Authsignal's rule for action codes. */
const actionCode = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

export const User = z.object({ id: z.string(), email: z.string() });
export type User = z.infer<typeof User>;

export const Passkey = z.object({
  /** Authsignal's `userAuthenticatorId`. */
  id: z.string(),
  /** What the person sees: the name of the provider, or of the device if that is unknown; numbered when there are several. */
  name: z.string(),
  /** Provider by AAGUID (for example "iCloud Keychain"), or null when it is not known. */
  provider: z.string().nullable(),
  /** The provider's icon as `data:` URLs, for light and dark backgrounds. */
  icon: z.object({ light: z.string(), dark: z.string() }).nullable(),
  /** True when the passkey is backed up and so on several devices, null when it is not known. */
  synced: z.boolean().nullable(),
  /** For the Signal API: base64url without padding. */
  credentialId: z.string().nullable(),
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

export const VerifyOtpRequest = z.strictObject({
  code,
  /** A passkey was tried in this browser and did not sign in: one may be offered, although this browser knows one. */
  passkeyFailed: z.boolean().optional(),
});
export type VerifyOtpRequest = z.input<typeof VerifyOtpRequest>;

/** A code goes to this address; the answer is `ChallengeOtpResponse`. */
export const EmailChangeRequest = z.strictObject({ email });
export type EmailChangeRequest = z.infer<typeof EmailChangeRequest>;

export const VerifyEmailChangeRequest = z.strictObject({ code });
export type VerifyEmailChangeRequest = z.input<typeof VerifyEmailChangeRequest>;

export const EmailChangedResponse = z.object({
  /** With the new address. */
  user: User,
  /** How many other sessions the person has, so that a page can offer to end them; null where they are not listed. */
  otherSessions: z.int().nonnegative().nullable(),
});
export type EmailChangedResponse = z.infer<typeof EmailChangedResponse>;

/** What a session port adds for clients that read their credential from the body, such as access and refresh tokens. */
const tokens = z.record(z.string(), z.unknown()).optional();

/** A session that may see what is going on and begin recovery. */
const limited = z.literal("limited").optional();

export const SignedInResponse = z.object({
  user: User,
  /** True when this is a good moment to offer a passkey, by what the account has answered before. */
  offerPasskey: z.boolean(),
  /** Only where the account has a passkey and a code alone gives a limited session (`afterCode`). */
  assurance: limited,
  tokens,
});
export type SignedInResponse = z.infer<typeof SignedInResponse>;

export const EnrollTokenRequest = z.strictObject({});
export type EnrollTokenRequest = z.infer<typeof EnrollTokenRequest>;

/** Whether the authenticator must verify the person, by a PIN or biometrics. Put it into the options of the ceremony. */
const userVerification = z.enum(["required", "preferred"]);

export const EnrollTokenResponse = z.object({
  /** Authsignal's track token for one passkey enrollment, for `passkey.signUp`. Lives about ten minutes. */
  token: z.string(),
  /**
   * For `passkey.signUp`, which sends it to Authsignal. Random, because anyone may ask Authsignal for the passkeys of a
   * user name: never send the address in its place.
   */
  username: z.string(),
  /** What the password manager should show: put it into the creation options as `user.name` and `user.displayName`. */
  displayName: z.string(),
  userVerification,
});
export type EnrollTokenResponse = z.infer<typeof EnrollTokenResponse>;

export const ValidateRequest = z.strictObject({
  /** The result token that the browser got from the ceremony. */
  token: resultToken,
  /** What the token was minted for: a sign-in, an enrollment or a step-up action. Anything else is refused. */
  action: actionCode,
  /** With a sign-in: the passkey came from another device, so that one on this device may be offered. */
  crossDevice: z.boolean().optional(),
});
export type ValidateRequest = z.infer<typeof ValidateRequest>;

export const EnrolledResponse = z.object({ passkey: Passkey });
export type EnrolledResponse = z.infer<typeof EnrolledResponse>;

export const StepUpTokenRequest = z.strictObject({
  action: actionCode,
  /** What exactly is confirmed, for example amount and payee. The grant is good for this and nothing else. */
  operation: z
    .record(z.string().max(64), z.union([z.string().max(256), z.number(), z.boolean()]))
    .refine((operation) => Object.keys(operation).length <= 16, "At most 16 members.")
    .optional(),
});
export type StepUpTokenRequest = z.infer<typeof StepUpTokenRequest>;

export const StepUpTokenResponse = z.object({
  /** Authsignal's track token, for `passkey.signIn({ token })`. */
  token: z.string(),
  userVerification,
});
export type StepUpTokenResponse = z.infer<typeof StepUpTokenResponse>;

/** The answer of `validate` to a step-up action. */
export const SteppedUpResponse = z.object({
  action: z.string(),
  /** Until when the proof counts. */
  expiresAt: instant,
  tokens,
});
export type SteppedUpResponse = z.infer<typeof SteppedUpResponse>;

export const ValidateResponse = z.union([SignedInResponse, EnrolledResponse, SteppedUpResponse]);
export type ValidateResponse = z.infer<typeof ValidateResponse>;

export const RenamePasskeyRequest = z.strictObject({
  /** Shown to its owner only. No control characters, and none that turn the writing direction. */
  name: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .regex(
      /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]*$/u,
      "A name has no control characters.",
    )
    .regex(/[^\s\p{Default_Ignorable_Code_Point}]/u, "A name has something to see in it."),
});
export type RenamePasskeyRequest = z.infer<typeof RenamePasskeyRequest>;

export const PasskeyOfferRequest = z.strictObject({
  /** "not-now" asks again after a cooling period, "never" does not, "ask-again" forgets both. */
  answer: z.enum(["not-now", "never", "ask-again"]),
});
export type PasskeyOfferRequest = z.infer<typeof PasskeyOfferRequest>;

export const RecoveryRequest = z.strictObject({});
export type RecoveryRequest = z.infer<typeof RecoveryRequest>;

export const RecoveryResponse = z.object({
  beganAt: instant,
  /** When the waiting time ends. */
  endsAt: instant,
  /** The waiting time is over: codes open the account as a passkey does, until one is added. */
  hasEnded: z.boolean(),
});
export type RecoveryResponse = z.infer<typeof RecoveryResponse>;

export const SessionResponse = z.object({
  user: User.nullable(),
  /** Only in a limited session. */
  assurance: limited,
  /** A recovery of the account that is under way or has ended; absent when there is none. */
  recovery: RecoveryResponse.optional(),
  /** Seconds without a request after which the session ends, so that a page can warn. Absent where that is not known. */
  idleSeconds: z.int().positive().optional(),
});
export type SessionResponse = z.infer<typeof SessionResponse>;

export const ListedSession = z.object({
  id: z.string(),
  /** Whether it is the session of this request. */
  current: z.boolean(),
  /** In words, such as "Firefox" and "Windows"; null when not recognised. */
  browser: z.string().nullable(),
  system: z.string().nullable(),
  /** Roughly where, if the host says. */
  place: z.string().nullable(),
  /** "passkey", "email-otp" or a method of the host's. */
  method: z.string(),
  startedAt: instant,
  /** To the minute. */
  lastSeenAt: instant,
});
export type ListedSession = z.infer<typeof ListedSession>;

export const SessionsResponse = z.array(ListedSession);
export type SessionsResponse = z.infer<typeof SessionsResponse>;

export const PasskeysResponse = z.array(Passkey);
export type PasskeysResponse = z.infer<typeof PasskeysResponse>;

/** What the browser SDK needs, so that one build serves every tenant. */
export const ConfigResponse = z.object({
  tenantId: z.string(),
  /** Authsignal's API base, ending in `/v1`. */
  baseUrl: z.string(),
  /** The relying party ID, for the Signal API. */
  rpId: z.string(),
  /**
   * The optional parts of this API that are there, such as "sessionList" (shared/features.ts). Ignore names that you do not
   * know. Absent: not known, as from a server of another kind.
   */
  features: z.array(z.string()).optional(),
});
export type ConfigResponse = z.infer<typeof ConfigResponse>;
