/** Checks the RP ID hash and the flags of authenticator data. */
import { createHash } from "node:crypto";
import { invalidCredential } from "../wire/wire-error.ts";

export interface ExpectedAuthenticatorData {
  readonly rpId: string;
  readonly requireUserPresence: boolean;
  readonly requireUserVerification: boolean;
}

/** Bits of the flags byte, WebAuthn L3 6.1. */
const userPresent = 0x01;
const userVerified = 0x04;
const backupEligible = 0x08;
const backupState = 0x10;

/** RP ID hash and flags, in the order of WebAuthn L3 7.1 (steps 14 to 18) and 7.2 (steps 16 to 20). */
export function checkAuthenticatorData(
  data: Uint8Array,
  expected: ExpectedAuthenticatorData,
): { backupEligible: boolean } {
  const flags = data[32];
  if (flags === undefined || data.length < 37)
    throw invalidCredential("authenticator data is shorter than 37 bytes");

  const rpIdHash = createHash("sha256").update(expected.rpId).digest();
  if (!rpIdHash.equals(data.subarray(0, 32))) {
    throw invalidCredential(`authenticator data is for another RP ID than ${JSON.stringify(expected.rpId)}`);
  }
  if (expected.requireUserPresence && !(flags & userPresent))
    throw invalidCredential("the user was not present");
  if (expected.requireUserVerification && !(flags & userVerified))
    throw invalidCredential("the user was not verified");
  if (flags & backupState && !(flags & backupEligible)) {
    throw invalidCredential("a credential that is not backup eligible claims to be backed up");
  }
  return { backupEligible: (flags & backupEligible) !== 0 };
}
