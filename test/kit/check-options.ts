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
  text,
} from "../../server/emulator/wire/shape.ts";
import type { AuthenticatorFlags, CeremonyFault } from "./ceremony-fault.ts";
import type { CeremonyContext } from "./soft-authenticator.ts";
import type { SoftAuthenticatorOptions } from "./soft-authenticator-options.ts";

const authenticatorMembers: Members<SoftAuthenticatorOptions> = {
  hasResidentKey: flag,
  hasUserVerification: flag,
  isUserConsenting: flag,
  isUserVerified: flag,
  defaultBackupEligibility: flag,
  defaultBackupState: flag,
  transport: choice("ble", "hybrid", "internal", "nfc", "usb"),
  aaguid: text(),
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

const callback = anything();

/** The options of `startEmulatorFor` and `startEmulatedTenant`; the emulator checks those of the tenant. */
export const emulatedTenantShape = object({
  origin: text(),
  prefix: text({ mayBeEmpty: true }),
  tenant: anything(),
  keepSecret: callback,
});

export const clientApiShape = object(
  // `rpId` comes with the `browser` of an emulated tenant.
  { tenantId: text(), baseUrl: text(), origin: text(), authenticator: anything(), rpId: text() },
  ["tenantId", "baseUrl", "origin", "authenticator"],
);
