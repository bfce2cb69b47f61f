/**
 * What the emulator remembers, as plain JSON values. The check of a record is its type: a stored or imported value may be
 * damaged, edited or hostile, and would otherwise fail much later, in an operation. Times are milliseconds since the epoch.
 */
import { isJsonObject } from "../wire/input.ts";
import {
  actionOutcomes,
  actionStates,
  smsChannels,
  userVerifications,
  verificationMethods,
} from "../wire/wire.ts";
import {
  type Check,
  type Checked,
  count,
  flag,
  listOf,
  oneOf,
  optional,
  privateKey,
  record,
  text,
  time,
} from "./checks.ts";

const method = oneOf(...verificationMethods);
const codeMethod = oneOf("EMAIL_OTP", "SMS", "WHATSAPP", "EMAIL_MAGIC_LINK");
const ceremonyMethod = oneOf("PASSKEY", "SECURITY_KEY");
const smsChannel = oneOf(...smsChannels);
const maybeText = optional(text);
const maybeTime = optional(time);
/** `otpauth` throws on anything else. */
const base32: Check<string> = (value): value is string =>
  typeof value === "string" && /^[A-Z2-7]+=*$/.test(value);
const maybeObject = optional(isJsonObject);

export const isUser = record({
  userId: text,
  createdAt: time,
  email: maybeText,
  emailVerified: flag,
  phoneNumber: maybeText,
  phoneNumberVerified: flag,
  username: maybeText,
  displayName: maybeText,
  custom: maybeObject,
  locale: maybeText,
});
export type User = Checked<typeof isUser>;

/** WebAuthn L3 section 4, "credential record". */
const isCredentialRecord = record({
  credentialId: text,
  /** The COSE_Key, base64url. */
  publicKey: text,
  signCount: count,
  transports: listOf(text),
  aaguid: text,
  /** Backup eligibility as WebAuthn libraries name it; "unknown" for an imported passkey until it is first used. */
  deviceType: oneOf("singleDevice", "multiDevice", "unknown"),
  backedUp: flag,
  attachment: maybeText,
  deviceId: text,
  name: text,
  userAgent: maybeText,
  userHandle: text,
});
export type CredentialRecord = Checked<typeof isCredentialRecord>;

/** A verification method of a user. Without `verifiedAt` its enrollment is not finished. */
export const isUserAuthenticator = record({
  userAuthenticatorId: text,
  userId: text,
  verificationMethod: method,
  createdAt: time,
  verifiedAt: maybeTime,
  lastVerifiedAt: maybeTime,
  /** Set until the enrollment is verified, so that an abandoned one is dropped. */
  expiresAt: maybeTime,
  isDefault: optional(flag),
  email: maybeText,
  phoneNumber: maybeText,
  /** How codes to the phone number travel. Default `DEFAULT`. */
  smsChannel: optional(smsChannel),
  previousSmsChannel: optional(smsChannel),
  username: maybeText,
  displayName: maybeText,
  /** Secret of an authenticator app. */
  totpSecret: optional(base32),
  /** Time step of the last accepted authenticator app code: RFC 6238 5.2 allows each code once. */
  totpStep: optional(count),
  credential: optional(isCredentialRecord),
});
export type UserAuthenticator = Checked<typeof isUserAuthenticator>;

/** One occurrence of an action, identified by user, action code and idempotency key. */
export const isAction = record({
  userId: text,
  actionCode: text,
  idempotencyKey: text,
  state: oneOf(...actionStates),
  createdAt: time,
  stateUpdatedAt: time,
  expiresAt: time,
  verificationMethod: optional(method),
  verifiedByAuthenticatorId: maybeText,
  userAgent: maybeText,
  ipAddress: maybeText,
  deviceId: maybeText,
  locale: maybeText,
  email: maybeText,
  phoneNumber: maybeText,
  custom: maybeObject,
  /** Rules that decided the outcome. */
  ruleIds: optional(listOf(text)),
  redirectUrl: maybeText,
  redirectToSettings: optional(flag),
});
export type Action = Checked<typeof isAction>;

const anyChallenge = {
  challengeId: text,
  createdAt: time,
  expiresAt: time,
  actionCode: text,
  idempotencyKey: text,
};

/** A registration ceremony of a user. */
const isRegistrationChallenge = record({
  ...anyChallenge,
  kind: oneOf("registration"),
  verificationMethod: ceremonyMethod,
  userId: text,
  webauthnChallenge: text,
  username: text,
  displayName: text,
});
export type RegistrationChallenge = Checked<typeof isRegistrationChallenge>;

/** An authentication ceremony. Without `userId`, any user's passkey may answer it. */
const isAuthenticationChallenge = record({
  ...anyChallenge,
  kind: oneOf("authentication"),
  verificationMethod: ceremonyMethod,
  userId: maybeText,
  /** Absent until the options are requested; until then the challenge cannot be answered. */
  webauthnChallenge: maybeText,
  deviceId: maybeText,
});
export type AuthenticationChallenge = Checked<typeof isAuthenticationChallenge>;

/** A code (or a link) on its way to an address. */
const isCodeChallenge = record({
  ...anyChallenge,
  kind: oneOf("code"),
  verificationMethod: codeMethod,
  /** The API that sent the code. The other API does not accept it. */
  begunBy: oneOf("server-api", "client-api"),
  address: text,
  smsChannel: optional(smsChannel),
  code: text,
  userId: maybeText,
  scope: maybeText,
  userAuthenticatorId: maybeText,
  verifiedAt: maybeTime,
  claimedBy: maybeText,
  locale: maybeText,
  userAgent: maybeText,
  ipAddress: maybeText,
  deviceId: maybeText,
});
export type CodeChallenge = Checked<typeof isCodeChallenge>;
export type CodeMethod = CodeChallenge["verificationMethod"];

export type Challenge = RegistrationChallenge | AuthenticationChallenge | CodeChallenge;
export function isChallenge(value: unknown): value is Challenge {
  return isRegistrationChallenge(value) || isAuthenticationChallenge(value) || isCodeChallenge(value);
}

/** What was set for an action while the emulator runs. */
export const isActionConfiguration = record({
  actionCode: text,
  outcome: optional(oneOf(...actionOutcomes)),
  verificationMethods: optional(listOf(method)),
  defaultVerificationMethod: optional(method),
  userVerification: optional(oneOf(...userVerifications)),
  rules: optional(
    listOf(record({ ruleId: text, name: text, when: isJsonObject, outcome: oneOf(...actionOutcomes) })),
  ),
  verifyWebhook: maybeText,
  expiresAt: maybeTime,
});
export type ActionConfiguration = Checked<typeof isActionConfiguration>;

/** A code that an address always gets, for tests that cannot read the outbox. */
export const isFixedCode = record({ to: text, code: text, expiresAt: maybeTime });
export type FixedCode = Checked<typeof isFixedCode>;

/** A message that the real service would have sent. */
export const isMessage = record({
  messageId: text,
  to: text,
  channel: codeMethod,
  code: maybeText,
  link: maybeText,
  subject: text,
  text,
  sentAt: time,
  expiresAt: time,
  userId: maybeText,
  actionCode: text,
  idempotencyKey: text,
});
export type Message = Checked<typeof isMessage>;

export const isSession = record({
  sessionId: text,
  userId: text,
  clientId: text,
  verificationMethod: method,
  createdAt: time,
  /** End of the refresh token, which rotates; the access token carries its own, earlier end. */
  expiresAt: time,
  accessTokenId: text,
  refreshTokenHash: text,
});
export type Session = Checked<typeof isSession>;

export const isDevice = record({
  userId: text,
  deviceId: text,
  createdAt: time,
  authenticatedAt: maybeTime,
  invalidatedAt: maybeTime,
  rememberedUntil: maybeTime,
  lastVerificationMethod: optional(method),
});
export type Device = Checked<typeof isDevice>;

/** A signing key, stored so that access tokens stay valid after a restart. */
export const isStoredKey = record({
  jwk: privateKey,
  expiresAt: maybeTime,
});
export type StoredKey = Checked<typeof isStoredKey>;
