/** The knobs of the soft authenticator, and the authenticator that most people carry: the default. */
import type { Algorithm } from "./soft-credential.ts";
import type { Transport } from "./webauthn-json.ts";

/** Named as the virtual authenticator of WebAuthn Level 3, section 11.2. The default is a synced phone passkey. */
export interface SoftAuthenticatorOptions {
  /** Can keep discoverable credentials, which is what a passkey is. Default true. */
  readonly hasResidentKey: boolean;
  /** Can verify the person (PIN, biometrics). Default true. */
  readonly hasUserVerification: boolean;
  /** The person says yes. False makes every ceremony fail as a cancelled one does. Default true. */
  readonly isUserConsenting: boolean;
  /** The person is verified when asked. Default true. */
  readonly isUserVerified: boolean;
  /** New passkeys may be synced. Default true. */
  readonly defaultBackupEligibility: boolean;
  /** New passkeys are synced already. Default: as `defaultBackupEligibility`. */
  readonly defaultBackupState: boolean;
  /** How the browser reaches it; `internal` makes it a platform authenticator. Default `internal`. */
  readonly transport: Transport;
  /** The make of the authenticator, as a UUID. Default: all zeros, as of a maker who does not tell. */
  readonly aaguid: string;
  /** What it can sign with, most preferred first. Default ES256 only. */
  readonly algorithms: readonly Algorithm[];
  /** How much the signature counter grows with each use. Default 0, as with synced passkeys. */
  readonly signCountIncrement: number;
}

/** Fills in a platform authenticator with synced passkeys whose owner says yes to everything. */
export function withDefaults(options: Partial<SoftAuthenticatorOptions>): SoftAuthenticatorOptions {
  const defaultBackupEligibility = options.defaultBackupEligibility ?? true;
  return {
    hasResidentKey: true,
    hasUserVerification: true,
    isUserConsenting: true,
    isUserVerified: true,
    defaultBackupEligibility,
    defaultBackupState: defaultBackupEligibility,
    transport: "internal",
    aaguid: "00000000-0000-0000-0000-000000000000",
    algorithms: ["ES256"],
    signCountIncrement: 0,
    ...options,
  };
}
