/** Shows an authenticator as the Server API and as the Client API do. */
import { UAParser } from "ua-parser-js";
import { optionalIso, toIso } from "../tenant/clock.ts";
import type { CredentialRecord, UserAuthenticator } from "../tenant/records.ts";
import type { JsonObject } from "../wire/wire.ts";
import { aaguidMapping } from "./aaguids.ts";

/** An authenticator as the Server API shows it (protocol 4.8). */
export function serverView(one: UserAuthenticator): JsonObject {
  return {
    userId: one.userId,
    ...sharedView(one),
    email: one.email,
    phoneNumber: one.phoneNumber,
  };
}

/** The same for a browser: addresses are masked, since the holder of a token need not be the owner (5.7). */
export function clientView(one: UserAuthenticator): JsonObject {
  return {
    ...sharedView(one),
    email: one.email === undefined ? undefined : maskedEmail(one.email),
    phoneNumber: one.phoneNumber === undefined ? undefined : maskedPhoneNumber(one.phoneNumber),
  };
}

function sharedView(one: UserAuthenticator): JsonObject {
  return {
    userAuthenticatorId: one.userAuthenticatorId,
    verificationMethod: one.verificationMethod,
    createdAt: toIso(one.createdAt),
    verifiedAt: optionalIso(one.verifiedAt),
    lastVerifiedAt: optionalIso(one.lastVerifiedAt),
    isDefault: one.isDefault ?? false,
    smsChannel: one.verificationMethod === "SMS" ? (one.smsChannel ?? "DEFAULT") : undefined,
    previousSmsChannel: one.previousSmsChannel,
    username: one.username,
    displayName: one.displayName,
    webauthnCredential: one.credential === undefined ? undefined : credentialView(one, one.credential),
  };
}

function credentialView(one: UserAuthenticator, credential: CredentialRecord): JsonObject {
  const mapping = aaguidMapping(credential.aaguid);
  return {
    credentialId: credential.credentialId,
    deviceId: credential.deviceId,
    name: credential.name,
    verifiedAt: optionalIso(one.verifiedAt),
    aaguid: credential.aaguid,
    aaguidMapping: mapping === undefined ? undefined : { ...mapping },
    credentialBackedUp: credential.backedUp,
    credentialDeviceType: credential.deviceType === "unknown" ? undefined : credential.deviceType,
    authenticatorAttachment: credential.attachment,
    parsedUserAgent: credential.userAgent === undefined ? undefined : parseUserAgent(credential.userAgent),
  };
}

/** Authsignal's objects have exactly this library's shape (protocol 4.8); unknown parts are left out. */
function parseUserAgent(userAgent: string): JsonObject {
  return JSON.parse(JSON.stringify(new UAParser(userAgent).getResult()));
}

function maskedEmail(email: string): string {
  const [local = "", domain = ""] = email.split("@", 2);
  return `${local.slice(0, 1)}${"*".repeat(Math.max(local.length - 1, 3))}@${domain}`;
}

function maskedPhoneNumber(phoneNumber: string): string {
  return `${"*".repeat(Math.max(phoneNumber.length - 4, 3))}${phoneNumber.slice(-4)}`;
}
