import type { ActionSettings } from "../wire/emulator-options.ts";
import type { ActionState, JsonObject, VerificationMethod } from "../wire/wire.ts";

// What the emulator remembers, as plain JSON values. Times are milliseconds since the epoch.

export interface User {
  readonly userId: string;
  readonly createdAt: number;
  readonly email?: string | undefined;
  readonly emailVerified: boolean;
  readonly phoneNumber?: string | undefined;
  readonly phoneNumberVerified: boolean;
  readonly username?: string | undefined;
  readonly displayName?: string | undefined;
  readonly custom?: JsonObject | undefined;
  readonly locale?: string | undefined;
}

/** One enrolled (or, without `verifiedAt`, one begun) verification method of a user. */
export interface UserAuthenticator {
  readonly userAuthenticatorId: string;
  readonly userId: string;
  readonly verificationMethod: VerificationMethod;
  readonly createdAt: number;
  readonly verifiedAt?: number | undefined;
  readonly lastVerifiedAt?: number | undefined;
  /** Set while the enrollment is unverified: an abandoned one disappears. */
  readonly expiresAt?: number | undefined;
  readonly isDefault?: boolean | undefined;
  readonly email?: string | undefined;
  readonly phoneNumber?: string | undefined;
  readonly username?: string | undefined;
  readonly displayName?: string | undefined;
  /** Base32 secret of an authenticator app. */
  readonly totpSecret?: string | undefined;
  /** Time step of the last accepted authenticator app code: RFC 6238 5.2 allows each code once. */
  readonly totpStep?: number | undefined;
  readonly credential?: CredentialRecord | undefined;
}

/** WebAuthn L3 section 4, "credential record". */
export interface CredentialRecord {
  readonly credentialId: string;
  /** The COSE_Key, base64url. */
  readonly publicKey: string;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly aaguid: string;
  /** Backup eligibility as WebAuthn libraries name it; "unknown" for an imported passkey until it is first used. */
  readonly deviceType: "singleDevice" | "multiDevice" | "unknown";
  readonly backedUp: boolean;
  readonly attachment?: string | undefined;
  readonly deviceId: string;
  readonly name: string;
  readonly userAgent?: string | undefined;
  readonly userHandle: string;
}

/** One occurrence of an action, identified by user, action code and idempotency key. */
export interface Action {
  readonly userId: string;
  readonly actionCode: string;
  readonly idempotencyKey: string;
  readonly state: ActionState;
  readonly createdAt: number;
  readonly stateUpdatedAt: number;
  readonly expiresAt: number;
  readonly verificationMethod?: VerificationMethod | undefined;
  readonly verifiedByAuthenticatorId?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly ipAddress?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly locale?: string | undefined;
  readonly email?: string | undefined;
  readonly phoneNumber?: string | undefined;
  readonly custom?: JsonObject | undefined;
}

interface ChallengeBase {
  readonly challengeId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly actionCode: string;
  readonly idempotencyKey: string;
}

/** A registration ceremony that was begun for a user. */
export interface RegistrationChallenge extends ChallengeBase {
  readonly kind: "registration";
  readonly verificationMethod: "PASSKEY" | "SECURITY_KEY";
  readonly userId: string;
  readonly webauthnChallenge: string;
  readonly username: string;
  readonly displayName: string;
}

/** An authentication ceremony; without `userId` anyone's passkey may answer it. */
export interface AuthenticationChallenge extends ChallengeBase {
  readonly kind: "authentication";
  readonly verificationMethod: "PASSKEY" | "SECURITY_KEY";
  readonly userId?: string | undefined;
  /** Absent until the options were asked for: a challenge without it cannot be answered. */
  readonly webauthnChallenge?: string | undefined;
  readonly deviceId?: string | undefined;
}

export type CodeMethod = "EMAIL_OTP" | "SMS" | "WHATSAPP" | "EMAIL_MAGIC_LINK";

/** A code (or a link) on its way to an address. */
export interface CodeChallenge extends ChallengeBase {
  readonly kind: "code";
  readonly verificationMethod: CodeMethod;
  /** Which half began it: a code sent through the Server API cannot be spent in a browser, nor the reverse. */
  readonly begunBy: "server-api" | "client-api";
  readonly address: string;
  readonly code: string;
  readonly userId?: string | undefined;
  readonly scope?: string | undefined;
  readonly userAuthenticatorId?: string | undefined;
  readonly verifiedAt?: number | undefined;
  readonly claimedBy?: string | undefined;
  readonly locale?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly ipAddress?: string | undefined;
  readonly deviceId?: string | undefined;
}

export type Challenge = RegistrationChallenge | AuthenticationChallenge | CodeChallenge;

/** What was set for an action while the emulator runs. */
export interface ActionConfiguration extends ActionSettings {
  readonly actionCode: string;
  readonly expiresAt?: undefined;
}

/** The code that an address always gets, for tests that cannot read the outbox. */
export interface FixedCode {
  readonly to: string;
  readonly code: string;
  readonly expiresAt?: number | undefined;
}

/** A message that the real service would have sent. */
export interface Message {
  readonly messageId: string;
  readonly to: string;
  readonly channel: CodeMethod;
  readonly code?: string | undefined;
  readonly link?: string | undefined;
  readonly subject: string;
  readonly text: string;
  readonly sentAt: number;
  readonly expiresAt: number;
  readonly userId?: string | undefined;
  readonly actionCode: string;
  readonly idempotencyKey: string;
}

export interface Session {
  readonly sessionId: string;
  readonly userId: string;
  readonly clientId: string;
  readonly verificationMethod: VerificationMethod;
  readonly createdAt: number;
  /** End of the refresh token, which rotates; the access token carries its own, earlier end. */
  readonly expiresAt: number;
  readonly accessTokenId: string;
  readonly refreshTokenHash: string;
}

export interface Device {
  readonly userId: string;
  readonly deviceId: string;
  readonly createdAt: number;
  readonly authenticatedAt?: number | undefined;
  readonly invalidatedAt?: number | undefined;
  readonly lastVerificationMethod?: VerificationMethod | undefined;
}

/** A signing key, kept so that tokens outlive a restart. */
export interface StoredKey {
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly expiresAt?: undefined;
}
