/** `PATCH /users/{userId}`, and POST (protocol 4.7): creates a missing user; `null` clears. A verified address moves authenticators. */
import { enrolledAuthenticators, enrollmentFacts, makeDefault } from "../../../domain/authenticator-rules.ts";
import { ensureUser, userAttributes, userIdOf } from "../../../domain/user-records.ts";
import type { User } from "../../../tenant/records.ts";
import type { Tenant } from "../../../tenant/tenant.ts";
import { clearableText, optionalChoice, optionalFlag, optionalObject } from "../../../wire/input.ts";
import { clearableAddress } from "../../../wire/person-addresses.ts";
import { type Json, type VerificationMethod, verificationMethods } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function updateUser({ tenant, params, body }: Call): Json {
  const userId = userIdOf(params);
  const changes = {
    email: clearableAddress(body, "email"),
    phoneNumber: clearableAddress(body, "phoneNumber"),
    username: clearableText(body, "username"),
    displayName: clearableText(body, "displayName"),
    locale: clearableText(body, "locale"),
    custom: body.custom === null ? null : optionalObject(body, "custom"),
    emailVerified: optionalFlag(body, "emailVerified"),
    phoneNumberVerified: optionalFlag(body, "phoneNumberVerified"),
    defaultVerificationMethod: optionalChoice(body, "defaultVerificationMethod", verificationMethods),
  };
  const user = ensureUser(tenant, userId);
  const pick = <T>(change: T | null | undefined, current: T | undefined): T | undefined =>
    change === undefined ? current : (change ?? undefined);
  const email = pick(changes.email, user.email);
  const phoneNumber = pick(changes.phoneNumber, user.phoneNumber);
  const updated: User = {
    ...user,
    email,
    phoneNumber,
    username: pick(changes.username, user.username),
    displayName: pick(changes.displayName, user.displayName),
    locale: pick(changes.locale, user.locale),
    custom: pick(changes.custom, user.custom),
    // A new address is not verified.
    emailVerified: changes.emailVerified ?? (user.emailVerified && email === user.email),
    phoneNumberVerified:
      changes.phoneNumberVerified ?? (user.phoneNumberVerified && phoneNumber === user.phoneNumber),
  };
  const byDefault = defaultAuthenticator(tenant, userId, changes.defaultVerificationMethod);
  tenant.state.users.put(userId, updated);
  if (changes.emailVerified === true) moveAuthenticators(tenant, userId, "email", email);
  if (changes.phoneNumberVerified === true) moveAuthenticators(tenant, userId, "phoneNumber", phoneNumber);
  if (byDefault !== undefined) makeDefault(tenant, userId, byDefault.userAuthenticatorId);
  return {
    userId,
    ...userAttributes(updated),
    defaultVerificationMethod: enrollmentFacts(tenant, userId).defaultVerificationMethod,
  };
}

/** Authenticators of the user's address follow it: the next code goes to the new one (documented). */
function moveAuthenticators(
  tenant: Tenant,
  userId: string,
  key: "email" | "phoneNumber",
  address: string | undefined,
): void {
  if (address === undefined) return;
  for (const one of enrolledAuthenticators(tenant, userId)) {
    if (one[key] === undefined || one[key] === address) continue;
    tenant.state.userAuthenticators.put(one.userAuthenticatorId, { ...one, [key]: address });
  }
}

function defaultAuthenticator(tenant: Tenant, userId: string, method: VerificationMethod | undefined) {
  if (method === undefined) return undefined;
  const found = enrolledAuthenticators(tenant, userId).find((one) => one.verificationMethod === method);
  if (found === undefined) throw invalidRequest(`The user has no authenticator for ${method}.`);
  return found;
}
