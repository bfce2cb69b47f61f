import { createPrivateKey } from "node:crypto";
import { isJsonObject, isWellFormed } from "../wire/input.ts";
import { actionOutcomes, actionStates, verificationMethods } from "../wire/wire.ts";
import type {
  Action,
  ActionConfiguration,
  AuthenticationChallenge,
  Challenge,
  CodeChallenge,
  CredentialRecord,
  Device,
  FixedCode,
  Message,
  RegistrationChallenge,
  Session,
  StoredKey,
  User,
  UserAuthenticator,
} from "./records.ts";

// What a stored or imported value must look like to be a record. A state file may be damaged, edited or hostile: what it
// holds would otherwise fail much later, in an operation, as a defect of the emulator.

type Check = (value: unknown) => boolean;
export type IsRecord<T> = (value: unknown) => value is T;
/** One check for each member, so that a new member cannot be forgotten here. */
type Fields<T> = { readonly [Name in keyof Required<T>]: Check };

const text: Check = (value) => typeof value === "string" && isWellFormed(value);
/** What `otpauth` reads: it throws on anything else. */
const base32: Check = (value) => typeof value === "string" && /^[A-Z2-7]+=*$/.test(value);
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** What a Date can hold. */
const time: Check = (value) => count(value) && Number(value) <= 8.64e15;
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const oneOf =
  (choices: readonly string[]): Check =>
  (value) =>
    choices.some((choice) => choice === value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const shaped =
  <T>(fields: Fields<T>): IsRecord<T> =>
  (value): value is T =>
    isJsonObject(value) &&
    Object.entries<Check>(fields).every(([name, check]) =>
      check(Object.hasOwn(value, name) ? value[name] : undefined),
    );

const method = oneOf(verificationMethods);
const methods: Check = (value) => Array.isArray(value) && value.every(method);
const codeMethod = oneOf(["EMAIL_OTP", "SMS", "WHATSAPP", "EMAIL_MAGIC_LINK"]);
const ceremonyMethod = oneOf(["PASSKEY", "SECURITY_KEY"]);
const maybeText = optional(text);
const maybeTime = optional(time);
const maybeObject = optional(isJsonObject);

export const isUser = shaped<User>({
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

const isCredentialRecord = shaped<CredentialRecord>({
  credentialId: text,
  publicKey: text,
  signCount: count,
  transports: texts,
  aaguid: text,
  deviceType: oneOf(["singleDevice", "multiDevice", "unknown"]),
  backedUp: flag,
  attachment: maybeText,
  deviceId: text,
  name: text,
  userAgent: maybeText,
  userHandle: text,
});

export const isUserAuthenticator = shaped<UserAuthenticator>({
  userAuthenticatorId: text,
  userId: text,
  verificationMethod: method,
  createdAt: time,
  verifiedAt: maybeTime,
  lastVerifiedAt: maybeTime,
  expiresAt: maybeTime,
  isDefault: optional(flag),
  email: maybeText,
  phoneNumber: maybeText,
  username: maybeText,
  displayName: maybeText,
  totpSecret: optional(base32),
  totpStep: optional(count),
  credential: optional(isCredentialRecord),
});

export const isAction = shaped<Action>({
  userId: text,
  actionCode: text,
  idempotencyKey: text,
  state: oneOf(actionStates),
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
});

const anyChallenge = {
  challengeId: text,
  createdAt: time,
  expiresAt: time,
  actionCode: text,
  idempotencyKey: text,
};
const isRegistrationChallenge = shaped<RegistrationChallenge>({
  ...anyChallenge,
  kind: oneOf(["registration"]),
  verificationMethod: ceremonyMethod,
  userId: text,
  webauthnChallenge: text,
  username: text,
  displayName: text,
});
const isAuthenticationChallenge = shaped<AuthenticationChallenge>({
  ...anyChallenge,
  kind: oneOf(["authentication"]),
  verificationMethod: ceremonyMethod,
  userId: maybeText,
  webauthnChallenge: maybeText,
  deviceId: maybeText,
});
const isCodeChallenge = shaped<CodeChallenge>({
  ...anyChallenge,
  kind: oneOf(["code"]),
  verificationMethod: codeMethod,
  begunBy: oneOf(["server-api", "client-api"]),
  address: text,
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

export function isChallenge(value: unknown): value is Challenge {
  return isRegistrationChallenge(value) || isAuthenticationChallenge(value) || isCodeChallenge(value);
}

export const isMessage = shaped<Message>({
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

export const isSession = shaped<Session>({
  sessionId: text,
  userId: text,
  clientId: text,
  verificationMethod: method,
  createdAt: time,
  expiresAt: time,
  accessTokenId: text,
  refreshTokenHash: text,
});

export const isDevice = shaped<Device>({
  userId: text,
  deviceId: text,
  createdAt: time,
  authenticatedAt: maybeTime,
  invalidatedAt: maybeTime,
  lastVerificationMethod: optional(method),
});

/** Tried out, because nothing else says whether a key can sign. */
const privateKey: Check = (jwk) => {
  if (!isJsonObject(jwk) || !text(jwk.kid)) return false;
  try {
    return createPrivateKey({ key: { ...jwk }, format: "jwk" }).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
};

export const isStoredKey = shaped<StoredKey>({ jwk: privateKey, expiresAt: maybeTime });

export const isFixedCode = shaped<FixedCode>({ to: text, code: text, expiresAt: maybeTime });

export const isActionConfiguration = shaped<ActionConfiguration>({
  actionCode: text,
  outcome: optional(oneOf(actionOutcomes)),
  verificationMethods: optional(methods),
  defaultVerificationMethod: optional(method),
  expiresAt: maybeTime,
});
