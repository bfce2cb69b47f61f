/**
 * The options of the kit, checked: a misspelt knob would leave a ceremony as it is, so that a negative test passes for
 * nothing.
 */
import {
  anything,
  choice,
  flag,
  list,
  type Members,
  number,
  object,
  type Shape,
  text,
} from "../../server/emulator/wire/shape.ts";
import { invalidRequest } from "../../server/emulator/wire/wire-error.ts";
import type { BearerClientOptions } from "./bearer-agent.ts";
import type { AuthenticatorFlags, CeremonyFault } from "./ceremony-fault.ts";
import type { SessionsUnderTest } from "./session-client.ts";
import type { CeremonyContext } from "./soft-authenticator.ts";
import type { SoftAuthenticatorOptions } from "./soft-authenticator-options.ts";

const aaguid: Shape = {
  schema: { type: "string", format: "uuid" },
  check(value, where) {
    if (typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return;
    throw invalidRequest(`${where} must be a UUID such as fbfc3007-154e-4ecc-8c0b-6e020557d7bd.`);
  },
};

const authenticatorMembers: Members<SoftAuthenticatorOptions> = {
  hasResidentKey: flag,
  hasUserVerification: flag,
  isUserConsenting: flag,
  isUserVerified: flag,
  defaultBackupEligibility: flag,
  defaultBackupState: flag,
  transport: choice("ble", "hybrid", "internal", "nfc", "usb"),
  aaguid,
  algorithms: list(choice("ES256", "RS256", "EdDSA"), { least: 1 }),
  signCountIncrement: number({ whole: true }),
};

const clientDataMembers: Members<NonNullable<CeremonyFault["clientData"]>> = {
  type: text(),
  challenge: text(),
  origin: text(),
  crossOrigin: flag,
  topOrigin: text(),
};

const flagMembers: Members<AuthenticatorFlags> = {
  userPresent: flag,
  userVerified: flag,
  backupEligible: flag,
  backupState: flag,
};

const faultMembers: Members<CeremonyFault> = {
  clientData: object(clientDataMembers),
  rpId: text(),
  flags: object(flagMembers),
  signCount: number({ most: 2 ** 32 - 1, whole: true }),
  tamperedSignature: choice(true),
  userHandle: text({ mayBeEmpty: true }),
  credentialId: text(),
};

const contextMembers: Members<CeremonyContext> = {
  origin: text(),
  credentialId: text(),
  fault: object(faultMembers),
};

export const authenticatorShape = object(authenticatorMembers);
export const faultShape = object(faultMembers);
export const contextShape = object(contextMembers, ["origin"]);

export const signUpShape = object({ token: text(), username: text(), fault: faultShape }, ["token"]);
export const signInShape = object({ action: text(), credentialId: text(), fault: faultShape }, ["action"]);
export const stepUpShape = object({ token: text(), credentialId: text(), fault: faultShape }, ["token"]);

const callback: Shape = {
  schema: {},
  check(value, where) {
    if (typeof value !== "function") throw invalidRequest(`${where} must be a function.`);
  },
};

const prefix: Shape = {
  schema: { type: "string" },
  check(value, where) {
    if (typeof value === "string" && /^(\/.*[^/])?$/.test(value)) return;
    throw invalidRequest(`${where} must be "" or begin with "/" and not end with it, such as "/auth".`);
  },
};

const someObject: Shape = {
  schema: { type: "object" },
  check(value, where) {
    if (!isObject(value)) throw invalidRequest(`${where} must be an object.`);
  },
};

const softAuthenticator: Shape = {
  schema: {},
  check(value, where) {
    if (isObject(value) && "create" in value && "get" in value) return;
    throw invalidRequest(`${where} must be what createSoftAuthenticator() returns.`);
  },
};

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The options of `startEmulatorFor` and `startEmulatedTenant`; the emulator checks those of the tenant. */
export const emulatedTenantShape = object({
  origin: text(),
  prefix,
  tenant: someObject,
  keepSecret: callback,
});

export const clientApiShape = object(
  // `rpId` comes with the `browser` of an emulated tenant.
  { tenantId: text(), baseUrl: text(), origin: text(), authenticator: softAuthenticator, rpId: text() },
  ["tenantId", "baseUrl", "origin", "authenticator"],
);

const bearerMembers: Members<BearerClientOptions> = { header: text(), tokenIn: callback, codeHeader: text() };
export const bearerShape = object(bearerMembers);

const sessionsMembers: Members<SessionsUnderTest> = {
  sessions: anything(),
  middleware: list(callback),
  tokenIn: callback,
  now: callback,
  advance: callback,
};
export const sessionsShape = object(sessionsMembers, ["sessions"]);
