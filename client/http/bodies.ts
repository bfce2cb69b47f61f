/**
 * needs:    nothing.
 * does:     names the bodies of our REST API for code that is copied without our server: shared/contract.ts has the same
 *           types, inferred from schemas, and a test compares them.
 * must not: import a validator.
 *
 * Times are ISO 8601 in UTC; durations are seconds.
 */
export interface User {
  id: string;
  email: string;
}

export interface Passkey {
  /** Authsignal's `userAuthenticatorId`. */
  id: string;
  /** What the person sees: the name of the provider, or of the device if that is unknown; numbered when there are several. */
  name: string;
  /** Provider by AAGUID (for example "iCloud Keychain"), or null when it is not known. */
  provider: string | null;
  /** The provider's icon as `data:` URLs, for light and dark backgrounds. */
  icon: { light: string; dark: string } | null;
  /** True when the passkey is backed up and so on several devices, null when it is not known. */
  synced: boolean | null;
  /** For the Signal API: base64url without padding. */
  credentialId: string | null;
  createdAt: string;
  lastUsedAt: string | null;
}

export type PasskeysResponse = Passkey[];

export interface ConfigResponse {
  tenantId: string;
  baseUrl: string;
  rpId: string;
  /**
   * The optional parts of the API that are there, such as "sessionList". Ignore names that you do not know. Absent: not
   * known, as from a server of another kind.
   */
  features?: string[] | undefined;
}

export interface RecoveryResponse {
  beganAt: string;
  /** When the waiting time ends. */
  endsAt: string;
  /** The waiting time is over: codes open the account as a passkey does, until one is added. */
  hasEnded: boolean;
}

export interface SessionResponse {
  user: User | null;
  /** Only in a limited session: it may see what is going on and begin recovery. */
  assurance?: "limited" | undefined;
  /** A recovery of the account that is under way or has ended. */
  recovery?: RecoveryResponse | undefined;
  /** Seconds without a request after which the session ends. Absent where that is not known. */
  idleSeconds?: number | undefined;
}

export interface ListedSession {
  id: string;
  /** Whether it is the session of this request. */
  current: boolean;
  /** In words, such as "Firefox" and "Windows"; null when not recognised. */
  browser: string | null;
  system: string | null;
  /** Roughly where, if the host says. */
  place: string | null;
  /** "passkey", "email-otp" or a method of the host's. */
  method: string;
  startedAt: string;
  /** To the minute. */
  lastSeenAt: string;
}

export type SessionsResponse = ListedSession[];

export interface ChallengeOtpRequest {
  email: string;
}

export interface ChallengeOtpResponse {
  /** When the code stops working. */
  expiresAt: string;
  /** Seconds until asking again sends another code. */
  resendAfter: number;
}

export interface VerifyOtpRequest {
  code: string;
  /** A passkey was tried in this browser and did not sign in. */
  passkeyFailed?: boolean | undefined;
}

export interface EmailChangeRequest {
  email: string;
}

export interface VerifyEmailChangeRequest {
  code: string;
}

export interface EmailChangedResponse {
  /** With the new address. */
  user: User;
  /** How many other sessions the person has; null where they are not listed. */
  otherSessions: number | null;
}

export interface SignedInResponse {
  user: User;
  /** True when this is a good moment to offer a passkey. */
  offerPasskey: boolean;
  /** Only where a code alone gives a limited session. */
  assurance?: "limited" | undefined;
  /** What a server whose sessions are tokens answers besides. */
  tokens?: Record<string, unknown> | undefined;
}

export interface EnrollTokenResponse {
  token: string;
  /** Random: what Authsignal knows the passkey's user by. */
  username: string;
  /** What the password manager shows. */
  displayName: string;
  /** Whether the authenticator must verify the person. */
  userVerification: "required" | "preferred";
}

export interface EnrolledResponse {
  passkey: Passkey;
}

export interface StepUpTokenRequest {
  action: string;
  /** What exactly is confirmed: the members that the guard of our server takes. */
  operation?: Record<string, string | number | boolean> | undefined;
}

export interface StepUpTokenResponse {
  token: string;
  /** Whether the authenticator must verify the person. */
  userVerification: "required" | "preferred";
}

export interface SteppedUpResponse {
  action: string;
  /** Until when the proof counts. */
  expiresAt: string;
  /** What a server whose sessions are tokens answers besides. */
  tokens?: Record<string, unknown> | undefined;
}

export interface RenamePasskeyRequest {
  name: string;
}

export interface PasskeyOfferRequest {
  answer: "not-now" | "never" | "ask-again";
}

export interface Activity {
  id: string;
  at: string;
  /** Such as "sign_in.succeeded". Ignore names that you do not know. */
  event: string;
  /** Whether it was done in the session of this request. */
  current: boolean;
  /** Who did it: "user", "host" (the support people), or another word. */
  by: string;
  /** Of a sign-in: "passkey", "email-otp" or a method of the host's. */
  method: string | null;
  /** Of a step-up: what was confirmed. */
  action: string | null;
  passkeyId: string | null;
  /** In words, such as "Firefox" and "Windows"; null when not recognised. */
  browser: string | null;
  system: string | null;
}

export type ActivityResponse = Activity[];

/** Fixed words only: nothing in it says whose it is. */
export interface CeremonyReport {
  flow: "button" | "autofill" | "enrollment" | "step-up" | "offer" | "code";
  /** Of an offer: `shown`, `accepted`, `declined`. Of a ceremony: `succeeded`, `failed`. Of a code in its place: `chosen`. */
  outcome: "shown" | "accepted" | "declined" | "chosen" | "succeeded" | "failed";
  /** With `failed`: of what kind. */
  error?:
    | "cancelled"
    | "aborted"
    | "timeout"
    | "not-supported"
    | "already-registered"
    | "unknown-credential"
    | "network"
    | "refused"
    | "other"
    | undefined;
  /** From the beginning to the outcome. */
  milliseconds?: number | undefined;
}
