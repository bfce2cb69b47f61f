/**
 * The values of Authsignal's HTTP API. Operations may answer with no others: a strictly typed SDK (dotnet, Android)
 * throws on an unknown value.
 */

export const actionStates = [
  "ALLOW",
  "BLOCK",
  "CHALLENGE_REQUIRED",
  "CHALLENGE_SUCCEEDED",
  "CHALLENGE_FAILED",
  "REVIEW_REQUIRED",
  "REVIEW_SUCCEEDED",
  "REVIEW_FAILED",
] as const;
export type ActionState = (typeof actionStates)[number];

/** Documented. */
export const actionCodePattern = /^[A-Za-z0-9_-]{1,64}$/;

export const userVerifications = ["required", "preferred", "discouraged"] as const;

export const verificationMethods = [
  "SMS",
  "EMAIL_OTP",
  "EMAIL_MAGIC_LINK",
  "AUTHENTICATOR_APP",
  "PASSKEY",
  "SECURITY_KEY",
  "WHATSAPP",
] as const;
export type VerificationMethod = (typeof verificationMethods)[number];

/** How a code to a phone number travels. */
export const smsChannels = ["DEFAULT", "WHATSAPP"] as const;
export type SmsChannel = (typeof smsChannels)[number];

/** What can be configured as the outcome of an action; the state follows from it and from the user's enrollment. */
export const actionOutcomes = ["ALLOW", "CHALLENGE", "REVIEW", "BLOCK"] as const;
export type ActionOutcome = (typeof actionOutcomes)[number];

export const authScopes = [
  "read:authenticators",
  "add:authenticators",
  "update:authenticators",
  "remove:authenticators",
] as const;

export type VerificationFailureReason = "CODE_INVALID_OR_EXPIRED" | "MAX_ATTEMPTS_EXCEEDED";

export const webhookTypes = [
  "email.created",
  "sms.created",
  "authenticator.created",
  "authenticator.updated",
  "authenticator.deleted",
  "action.verify",
] as const;
export type WebhookType = (typeof webhookTypes)[number];

export type Json = string | number | boolean | null | undefined | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** SDKs differ in which of the three keys they read, so all three are always present. */
export interface WireErrorBody {
  readonly error: string;
  readonly errorCode: string;
  readonly errorDescription: string;
}
