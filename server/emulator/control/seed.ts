/** Puts users, passkeys, fixed codes and settings of actions into a tenant. */
import { createHash } from "node:crypto";
import { aaguidMapping } from "../domain/aaguids.ts";
import { enrolledAuthenticators } from "../domain/authenticator-rules.ts";
import { checkActionCode } from "../domain/tracked-actions.ts";
import { checkUserId, ensureUser } from "../domain/user-records.ts";
import type { UserAuthenticator } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { userHandleOf } from "../webauthn/ceremony-options.ts";
import type { ActionSettings } from "../wire/emulator-options.ts";
import {
  type Input,
  isJsonObject,
  optionalChoice,
  optionalChoices,
  optionalFlag,
  optionalObject,
  optionalText,
  requiredText,
} from "../wire/input.ts";
import { actionOutcomes, userVerifications, verificationMethods } from "../wire/wire.ts";
import { invalidRequest, WireError } from "../wire/wire-error.ts";
import { type Seeded, seedShape } from "./seed-shape.ts";
import { deriveKeyPair, type VirtualPasskey, virtualPasskey } from "./virtual-passkey.ts";

/** As a whole or not at all. Idempotent: existing records keep their ids. An id that the seed does not give is derived from the record. */
export function applySeed(tenant: Tenant, seed: Input): Seeded {
  seedShape.check(seed, "");
  const before = tenant.state.dump();
  try {
    const passkeys = eachIn(seed, "users", (user) => seedUser(tenant, user));
    eachIn(seed, "fixedCodes", (fixed) => fixCode(tenant, fixed));
    eachIn(seed, "actions", (action) => configureAction(tenant, action));
    tenant.state.commit();
    return { users: passkeys.length, passkeys: passkeys.flat() };
  } catch (error) {
    tenant.state.restore(before);
    throw error;
  }
}

/** Makes this the code of every message to this address, until `validUntil`. */
export function fixCode(tenant: Tenant, input: Input): void {
  const to = requiredText(input, "to", 320);
  const code = requiredText(input, "code", 16);
  const { codeLength } = tenant.settings;
  if (!/^\d+$/.test(code) || code.length !== codeLength)
    throw invalidRequest(`code must be ${codeLength} digits.`);
  const validUntil = optionalText(input, "validUntil");
  const expiresAt = validUntil === undefined ? undefined : Date.parse(validUntil);
  if (Number.isNaN(expiresAt)) throw invalidRequest("validUntil must be an ISO 8601 date.");
  tenant.state.fixedCodes.put(to, { to, code, expiresAt });
}

function configureAction(tenant: Tenant, input: Input): void {
  const actionCode = checkActionCode(requiredText(input, "actionCode"));
  const settings = readActionSettings(input);
  if (Object.values(settings).every((value) => value === undefined))
    throw invalidRequest(
      "outcome, verificationMethods, defaultVerificationMethod, userVerification, rules or verifyWebhook is required.",
    );
  const { actionConfigurations } = tenant.state;
  const known = actionConfigurations.get(actionCode);
  actionConfigurations.put(actionCode, {
    actionCode,
    outcome: settings.outcome ?? known?.outcome,
    verificationMethods: settings.verificationMethods ?? known?.verificationMethods,
    rules: settings.rules?.map((rule) => ({ ...rule, when: { ...rule.when } })) ?? known?.rules,
    verifyWebhook: settings.verifyWebhook ?? known?.verifyWebhook,
    userVerification: settings.userVerification ?? known?.userVerification,
    defaultVerificationMethod: settings.defaultVerificationMethod ?? known?.defaultVerificationMethod,
  });
}

/** The seed's shape has checked the rules. */
export function readActionSettings(input: Input): ActionSettings {
  const { rules } = input as ActionSettings;
  return {
    rules,
    verifyWebhook: optionalText(input, "verifyWebhook"),
    outcome: optionalChoice(input, "outcome", actionOutcomes),
    userVerification: optionalChoice(input, "userVerification", userVerifications),
    verificationMethods: optionalChoices(input, "verificationMethods", verificationMethods),
    defaultVerificationMethod: optionalChoice(input, "defaultVerificationMethod", verificationMethods),
  };
}

function seedUser(tenant: Tenant, input: Input): VirtualPasskey[] {
  const userId = checkUserId(requiredText(input, "userId"));
  const user = ensureUser(tenant, userId);
  tenant.state.users.put(userId, {
    ...user,
    email: optionalText(input, "email", 320) ?? user.email,
    emailVerified: optionalFlag(input, "emailVerified") ?? user.emailVerified,
    phoneNumber: optionalText(input, "phoneNumber", 64) ?? user.phoneNumber,
    phoneNumberVerified: optionalFlag(input, "phoneNumberVerified") ?? user.phoneNumberVerified,
    username: optionalText(input, "username") ?? user.username,
    displayName: optionalText(input, "displayName") ?? user.displayName,
    locale: optionalText(input, "locale") ?? user.locale,
    custom: optionalObject(input, "custom") ?? user.custom,
  });
  eachIn(input, "authenticators", (authenticator) => seedAuthenticator(tenant, userId, authenticator));
  return eachIn(input, "passkeys", (passkey) => seedPasskey(tenant, userId, passkey));
}

const addressMethods = ["EMAIL_OTP", "EMAIL_MAGIC_LINK", "SMS", "WHATSAPP"] as const;

function seedAuthenticator(tenant: Tenant, userId: string, input: Input): void {
  const verificationMethod = optionalChoice(input, "verificationMethod", addressMethods);
  if (verificationMethod === undefined)
    throw invalidRequest("A seeded authenticator needs a verificationMethod.");
  const isEmail = verificationMethod === "EMAIL_OTP" || verificationMethod === "EMAIL_MAGIC_LINK";
  const key = isEmail ? "email" : "phoneNumber";
  const address =
    optionalText(input, key, 320) ?? tenant.state.users.get(userId)?.[key] ?? requiredText(input, key, 320);
  putAuthenticator(tenant, {
    userAuthenticatorId:
      optionalText(input, "userAuthenticatorId", 64) ??
      derivedId(tenant, userId, verificationMethod, address),
    userId,
    verificationMethod,
    [key]: address,
  });
}

function seedPasskey(tenant: Tenant, userId: string, input: Input): VirtualPasskey {
  const aaguid = optionalText(input, "aaguid", 64) ?? "00000000-0000-0000-0000-000000000000";
  const name = optionalText(input, "name", 256) ?? aaguidMapping(aaguid)?.name ?? "Passkey";
  const { privateKey, publicKey } = deriveKeyPair(tenant, JSON.stringify([userId, name]));
  const credentialId = createHash("sha256").update(publicKey).digest("base64url");
  const userAuthenticatorId =
    optionalText(input, "userAuthenticatorId", 64) ?? derivedId(tenant, userId, "PASSKEY", credentialId);
  const backupEligibility = optionalFlag(input, "backupEligibility") ?? true;
  const backupState = optionalFlag(input, "backupState") ?? backupEligibility;
  if (backupState && !backupEligibility)
    throw invalidRequest("backupState needs backupEligibility: only such a passkey can be synced.");
  const user = ensureUser(tenant, userId);
  const userName = user.username ?? user.email ?? userId;
  const userDisplayName = user.displayName ?? userName;
  putAuthenticator(tenant, {
    userAuthenticatorId,
    userId,
    verificationMethod: "PASSKEY",
    username: userName,
    displayName: userDisplayName,
    credential: {
      credentialId,
      publicKey,
      signCount: 0,
      transports: ["internal", "hybrid"],
      aaguid,
      deviceType: backupEligibility ? "multiDevice" : "singleDevice",
      backedUp: backupState,
      userAgent: optionalText(input, "userAgent"),
      deviceId: derivedId(tenant, userId, "device", name),
      name,
      userHandle: userHandleOf(userId),
    },
  });
  return virtualPasskey(tenant, {
    userId,
    userAuthenticatorId,
    credentialId,
    privateKey,
    userName,
    userDisplayName,
    backupEligibility,
    backupState,
  });
}

function putAuthenticator(tenant: Tenant, seeded: Omit<UserAuthenticator, "createdAt">): void {
  const { userAuthenticators } = tenant.state;
  const known = userAuthenticators.get(seeded.userAuthenticatorId);
  if (known !== undefined) {
    if (known.userId !== seeded.userId)
      throw invalidRequest("This userAuthenticatorId belongs to another user.");
    return;
  }
  const now = tenant.clock.now();
  const isDefault = enrolledAuthenticators(tenant, seeded.userId).length === 0;
  userAuthenticators.put(seeded.userAuthenticatorId, {
    ...seeded,
    isDefault,
    createdAt: now,
    verifiedAt: now,
  });
}

/** A UUID (RFC 9562 version 8) derived from these parts. */
function derivedId(tenant: Tenant, ...parts: string[]): string {
  const hex = createHash("sha256")
    .update(JSON.stringify([tenant.tenantId, ...parts]))
    .digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** Calls back for each element of a list; an error names the element, such as `users[3].passkeys[0]`. */
function eachIn<T>(input: Input, name: string, read: (element: Input) => T): T[] {
  const list = Object.hasOwn(input, name) ? (input[name] ?? []) : [];
  if (!Array.isArray(list) || !list.every(isJsonObject))
    throw invalidRequest(`${name} must be a list of objects.`);
  return list.map((element, at) => {
    try {
      return read(element);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      const joint = /^\w+\[\d+\]/.test(error.message) ? "." : ": ";
      throw invalidRequest(`${name}[${at}]${joint}${error.message}`);
    }
  });
}
