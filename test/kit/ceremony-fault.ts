/**
 * The negative table's knobs: each bends one thing in the next response that the soft authenticator gives, and
 * nothing else. The signature covers what was bent, so that a verifier must notice the bend itself; only
 * `tamperedSignature` breaks the signature.
 */
export interface CeremonyFault {
  /** Members of the client data to replace: a phishing origin, another WebAuthn challenge, the other type. */
  readonly clientData?: {
    readonly type?: string;
    readonly challenge?: string;
    readonly origin?: string;
    readonly crossOrigin?: boolean;
    readonly topOrigin?: string;
  };
  /** Puts the hash of this RP ID into the authenticator data. */
  readonly rpId?: string;
  /** Overrides single flags: `{ userVerified: false }`, `{ userPresent: false }`, `{ backupEligible: false }`. */
  readonly flags?: Partial<AuthenticatorFlags>;
  /** Reports this signature counter. */
  readonly signCount?: number;
  /** Breaks the signature. Authentication only: `none` attestation carries no signature. */
  readonly tamperedSignature?: true;
  /** Answers with this user handle (base64url). Authentication only. */
  readonly userHandle?: string;
  /** Answers with this credential ID (base64url). */
  readonly credentialId?: string;
}

/** The flags byte of authenticator data by name (WebAuthn Level 3, section 6.1). */
export interface AuthenticatorFlags {
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backupState: boolean;
}

const bits = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backupState: 0x10 } as const;
const attestedCredentialData = 0x40;

/** Encodes the flags byte; `attested` says that attested credential data follows. */
export function encodeFlags(flags: AuthenticatorFlags, attested: boolean): number {
  let byte = attested ? attestedCredentialData : 0;
  if (flags.userPresent) byte |= bits.userPresent;
  if (flags.userVerified) byte |= bits.userVerified;
  if (flags.backupEligible) byte |= bits.backupEligible;
  if (flags.backupState) byte |= bits.backupState;
  return byte;
}
