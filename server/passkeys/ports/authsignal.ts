/**
 * Authsignal in our words: the only view of it that the flows have. `sdk-gateway.ts` implements it over the
 * official SDK; whether a tenant or the emulator answers is a URL, not an implementation.
 *
 * Expected outcomes are values. Every method throws `AppError("upstream_unavailable")` when Authsignal does
 * not answer in time, answers 5xx or answers something that cannot be read: callers never guess.
 */
import { AppError } from "../../http/errors.ts";

/**
 * Authsignal rejected this call, for a reason that no caller handles. The person gets the answer of an outage, but it is
 * none: Authsignal answers other calls.
 */
export class Refusal extends AppError {}

/** No answer came in time, or none that can be read. Authsignal may have done what it was asked to, such as send a mail. */
export class Unanswered extends AppError {}

/**
 * As of the last calls: `ok`; `unavailable` while calls are refused after several outages in a row; `unknown` when that
 * time is over and no call has been made since, so that only the next one will tell.
 */
export type AuthsignalState = "ok" | "unavailable" | "unknown";

export interface AuthsignalGateway {
  /** For reports and metrics. An instance is not unready over it: without traffic it would never find out. */
  state(): AuthsignalState;

  /** Sends a one-time code by e-mail. Creates no user. */
  sendEmailOtp(request: {
    readonly email: string;
    readonly action: string;
    readonly idempotencyKey: string;
    /** The language of the mail, as a BCP 47 tag. Default: the tenant's. */
    readonly locale?: string | undefined;
  }): Promise<SentOtp>;

  /**
   * Checks a code. `email` is the address that the code was sent to, from Authsignal's own record. The challenge is
   * not claimed for a user: that would enroll the address as an authenticator, which then meets any challenge of theirs.
   */
  checkEmailOtp(request: { readonly challengeId: string; readonly code: string }): Promise<OtpCheck>;

  /**
   * Tracks an action and yields a track token. Never give one to a visitor without a session, and to a user only after you
   * have looked at what could meet its challenge.
   */
  beginAction(request: BeginAction): Promise<BegunAction>;

  /**
   * The one way a token becomes a fact. `action` is what the caller expects, `userId` the session's user, or
   * null only where the token itself says who signs in.
   */
  validate(request: {
    readonly token: string;
    readonly action: string;
    readonly userId: string | null;
  }): Promise<Validation>;

  /** What the user has enrolled, of every kind. Nothing for a user whom Authsignal does not know. */
  listAuthenticators(userId: string): Promise<Authenticators>;

  /**
   * Gives the user a proven address, which authenticators of the old one follow. Only a change of address
   * (`users.changeEmail`) needs it.
   */
  updateEmail?(request: { readonly userId: string; readonly email: string }): Promise<void>;

  /** Removes the user with all authenticators. Nothing happens for a user whom Authsignal does not know. */
  removeUser(userId: string): Promise<void>;

  /** Removes a passkey. Check first that it is the user's. */
  removePasskey(request: { readonly userId: string; readonly passkeyId: string }): Promise<void>;

  /**
   * Reads a webhook, of its body as it was received and its header `X-Signature-V2`. Null unless it is signed with the
   * tenant's secret, within five minutes of now. Only `createWebhookRouter` needs it.
   */
  readWebhook?(body: string, signature: string): WebhookEvent | null;
}

export interface AuthenticatorChange {
  readonly kind: "authenticator.created" | "authenticator.deleted";
  /** The same at every delivery. */
  readonly id: string;
  readonly userId: string;
  readonly authenticatorId: string;
  /** Authsignal's name: `PASSKEY`, `EMAIL_OTP`, … */
  readonly method: string;
}

export type WebhookEvent = AuthenticatorChange | { readonly kind: "other" };

export interface SentOtp {
  readonly challengeId: string;
  readonly expiresAt: Date;
}

export type OtpCheck =
  | { readonly outcome: "verified"; readonly email: string }
  | { readonly outcome: "incorrect-or-expired" }
  | { readonly outcome: "too-many-attempts" };

export interface BeginAction {
  readonly userId: string;
  readonly action: string;
  readonly idempotencyKey: string;
  /** Allow the holder of the token to add an authenticator to a user who has one already. */
  readonly addAuthenticators?: boolean;
  /** Kept on Authsignal's user, for people who search its portal. Never sent as the user name, which strangers can ask for. */
  readonly email?: string;
  /** What exactly is confirmed; shown in Authsignal's portal and usable in its rules. */
  readonly custom?: Readonly<Record<string, string | number | boolean>>;
}

export interface BegunAction {
  readonly token: string;
  /** Methods that may meet the challenge of this action, for any user; null when Authsignal does not say. */
  readonly permittedMethods: readonly string[] | null;
  /** Methods that the user has; null when Authsignal does not say. */
  readonly enrolledMethods: readonly string[] | null;
}

export type Validation =
  | {
      readonly outcome: "succeeded";
      readonly userId: string;
      readonly action: string;
      /** Names one occurrence of the action: the identity by which a token is accepted once. */
      readonly idempotencyKey: string;
      readonly verificationMethod: string | null;
    }
  /** The token is not a proof: unfinished, failed, blocked, forged, or in a state that we do not know. */
  | { readonly outcome: "refused"; readonly state: string | null }
  /** The token is genuine, but for another user or another action. */
  | { readonly outcome: "mismatch" }
  | { readonly outcome: "expired" };

export interface Authenticators {
  /** Oldest first. */
  readonly passkeys: readonly EnrolledPasskey[];
  /** All others, with Authsignal's name of the method: `EMAIL_OTP`, `SMS`, `AUTHENTICATOR_APP`, … */
  readonly others: readonly { readonly id: string; readonly method: string }[];
}

export interface EnrolledPasskey {
  readonly id: string;
  readonly provider: string | null;
  /** What to call it where the provider is not known: "Chrome on Windows", "Security key". */
  readonly device: string | null;
  /** `data:` URLs. */
  readonly icon: { readonly light: string; readonly dark: string } | null;
  readonly synced: boolean | null;
  readonly credentialId: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}
