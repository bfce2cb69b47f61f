/** A tenant's options with the defaults filled in. */
import type { TenantOptions } from "./emulator-options.ts";
import { isJsonObject, parseUrl } from "./input.ts";
import { tenantShape } from "./option-shapes.ts";

/** Those whose absence means something. */
type Optional = "webhook";

export type TenantSettings = Required<Omit<TenantOptions, Optional>> & Pick<TenantOptions, Optional>;

export function tenantSettings(options: TenantOptions): TenantSettings {
  tenantShape.check(options, nameOf(options));
  if (options.secrets.length === 0)
    throw new Error(`Tenant ${options.tenantId} needs at least one API secret key.`);
  // A Basic user name ends at the first colon.
  if (options.secrets.some((secret) => secret === "" || secret.includes(":")))
    throw new Error(`An API secret key of tenant ${options.tenantId} is empty or contains a colon.`);
  for (const origin of options.expectedOrigins) assertOrigin(origin);
  assertRpIdFits(options);
  return {
    rpName: options.rpId,
    anyLocalhostPort: false,
    defaultOutcome: "CHALLENGE",
    actions: {},
    verificationMethods: [
      "AUTHENTICATOR_APP",
      "EMAIL_MAGIC_LINK",
      "EMAIL_OTP",
      "PASSKEY",
      "SECURITY_KEY",
      "SMS",
      "WHATSAPP",
    ],
    tokenDurationInMinutes: 10,
    userVerification: "preferred",
    counterRegression: "log",
    limits: "documented",
    codeLength: 6,
    authenticatorAttachment: "all-supported",
    passkeyRegistrationHints: [],
    allowMultipleAuthenticators: true,
    removedCredential: "unknown_credential",
    errorCodes: "documented",
    reviewCompletion: "keep",
    attemptsExceeded: "keep",
    claimEnrollment: "enroll-first",
    enrollmentMethods: "action",
    validateRefusal: "invalid",
    unknownMembers: "note",
    anonymousActionCode: "passkeySignIn",
    appClients: [],
    ...withoutAbsent(options),
  };
}

function nameOf(options: unknown): string {
  const id = isJsonObject(options) && Object.hasOwn(options, "tenantId") ? options.tenantId : undefined;
  return typeof id === "string" && id !== "" ? `tenant ${id}` : "the tenant";
}

/** A member that is `undefined` or `null` must not replace a default. */
function withoutAbsent(options: TenantOptions): TenantOptions {
  const given = { ...options };
  for (const name of Object.keys(given) as (keyof TenantOptions)[])
    if (given[name] === undefined || given[name] === null) delete given[name];
  return given;
}

/** Otherwise every ceremony would fail: a page may use its own host name, or a domain above it, as the RP ID. */
function assertRpIdFits({ tenantId, rpId, expectedOrigins, anyLocalhostPort }: TenantOptions): void {
  if (parseUrl(`http://${rpId}`)?.host !== rpId || /[:[]/.test(rpId))
    throw new Error(`The RP ID ${rpId} of tenant ${tenantId} must be a host name such as example.com.`);
  if (/^[\d.]+$/.test(rpId))
    throw new Error(
      `The RP ID ${rpId} of tenant ${tenantId} is an IP address, for which no browser has passkeys: use a name, such as localhost.`,
    );
  if (anyLocalhostPort === true && rpId !== "localhost")
    throw new Error(`anyLocalhostPort of tenant ${tenantId} needs the RP ID localhost, not ${rpId}.`);
  if (expectedOrigins.length === 0) return;
  const fits = (origin: string) => {
    if (!/^https?:/.test(origin)) return true;
    const { hostname } = new URL(origin);
    return hostname === rpId || hostname.endsWith(`.${rpId}`);
  };
  if (!anyLocalhostPort && !expectedOrigins.some(fits)) {
    throw new Error(
      `The RP ID ${rpId} of tenant ${tenantId} fits none of its origins (${expectedOrigins.join(", ")}): it must be the host name of one, or a domain above it.`,
    );
  }
}

/** An origin that can never match ("http://localhost:3000/") would fail every ceremony without an explanation. */
function assertOrigin(origin: string): void {
  if (/^(android|ios):/.test(origin)) return;
  if (parseUrl(origin)?.origin !== origin) {
    throw new Error(
      `Expected origin ${JSON.stringify(origin)} is not an origin. Write scheme, host and port only, such as http://localhost:3000.`,
    );
  }
}
