/** A user's authenticators: which are enrolled, who may add one, which is the default. */
import type { UserAuthenticator } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ClientToken } from "../tenant/tokens.ts";
import type { VerificationMethod } from "../wire/wire.ts";
import { invalidRequest, WireError } from "../wire/wire-error.ts";
import { actionSettings, permittedMethods, requirePermittedEnrollment } from "./permitted-methods.ts";
import { requireNotBlocked } from "./tracked-actions.ts";

/** The verified ones: only these can be used for a challenge (protocol 3.2). */
export function enrolledAuthenticators(tenant: Tenant, userId: string): UserAuthenticator[] {
  return tenant.state.userAuthenticators
    .where("userId", userId)
    .filter((one) => one.verifiedAt !== undefined);
}

function enrolledMethods(authenticators: readonly UserAuthenticator[]): VerificationMethod[] {
  return [...new Set(authenticators.map((one) => one.verificationMethod))].sort();
}

function defaultMethod(authenticators: readonly UserAuthenticator[]): VerificationMethod | undefined {
  return (authenticators.find((one) => one.isDefault) ?? authenticators[0])?.verificationMethod;
}

/** The four keys that track and get-user have in common. */
export function enrollmentFacts(tenant: Tenant, userId: string) {
  const authenticators = enrolledAuthenticators(tenant, userId);
  return {
    isEnrolled: authenticators.length > 0,
    enrolledVerificationMethods: enrolledMethods(authenticators),
    allowedVerificationMethods: tenant.settings.verificationMethods,
    defaultVerificationMethod: defaultMethod(authenticators),
  };
}

/** The same for one action: what it permits, and which of the user's methods is offered first. */
export function enrollmentFactsFor(tenant: Tenant, userId: string, actionCode: string) {
  const allowed = permittedMethods(tenant, actionCode);
  const usable = enrolledAuthenticators(tenant, userId).filter((one) =>
    allowed.includes(one.verificationMethod),
  );
  const { defaultVerificationMethod: preferred } = actionSettings(tenant, actionCode);
  const hasPreferred = usable.some((one) => one.verificationMethod === preferred);
  return {
    ...enrollmentFacts(tenant, userId),
    allowedVerificationMethods: allowed,
    defaultVerificationMethod: hasPreferred ? preferred : defaultMethod(usable),
  };
}

/** A further authenticator needs the scope (protocol 2.3); the first one does not. The action must permit the method. */
export function requireEnrollmentScope(tenant: Tenant, token: ClientToken, method: VerificationMethod): void {
  requireNotBlocked(tenant, token);
  requirePermittedEnrollment(tenant, token.actionCode, method);
  if (!mayEnroll(tenant, token)) throw missingEnrollmentScope();
  const isSecond = enrolledAuthenticators(tenant, token.userId).some(
    (one) => one.verificationMethod === method,
  );
  if (isSecond && !tenant.settings.allowMultipleAuthenticators)
    throw invalidRequest(`The user already has an authenticator for ${method}.`);
}

export function mayEnroll(tenant: Tenant, token: ClientToken): boolean {
  return token.scopes.has("add:authenticators") || enrolledAuthenticators(tenant, token.userId).length === 0;
}

export function missingEnrollmentScope(): WireError {
  return new WireError(
    "forbidden",
    "The token does not allow adding an authenticator.",
    "the user is enrolled and the token lacks the scope add:authenticators",
  );
}

/** Adds a verified authenticator; the first one becomes the default. */
export function addAuthenticator(
  tenant: Tenant,
  authenticator: Omit<UserAuthenticator, "userAuthenticatorId" | "createdAt"> & {
    readonly createdAt?: number;
  },
): UserAuthenticator {
  const isFirst = enrolledAuthenticators(tenant, authenticator.userId).length === 0;
  const added: UserAuthenticator = {
    createdAt: tenant.clock.now(),
    isDefault: isFirst && authenticator.verifiedAt !== undefined,
    ...authenticator,
    userAuthenticatorId: tenant.random.uuid(),
  };
  tenant.state.userAuthenticators.put(added.userAuthenticatorId, added);
  return added;
}

export function findByAddress(
  tenant: Tenant,
  userId: string,
  verificationMethod: VerificationMethod,
  address: string,
): UserAuthenticator | undefined {
  return enrolledAuthenticators(tenant, userId).find(
    (one) => one.verificationMethod === verificationMethod && (one.email ?? one.phoneNumber) === address,
  );
}

/** Exactly one authenticator of a user is the default. */
export function makeDefault(tenant: Tenant, userId: string, userAuthenticatorId: string): void {
  for (const one of enrolledAuthenticators(tenant, userId)) {
    const isDefault = one.userAuthenticatorId === userAuthenticatorId;
    if ((one.isDefault ?? false) !== isDefault) {
      tenant.state.userAuthenticators.put(one.userAuthenticatorId, { ...one, isDefault });
    }
  }
}
