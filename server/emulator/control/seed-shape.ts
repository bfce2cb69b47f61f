/** What a seed holds, and what seeding returns. */
import type { ActionSettings } from "../wire/emulator-options.ts";
import type { VirtualPasskey } from "./virtual-passkey.ts";

/** Users with fixed ids, their authenticators, and passkeys with known private keys. */
export interface Seed {
  readonly users?: readonly SeedUser[];
  /** Settings of actions. Members that are absent keep their values. */
  readonly actions?: readonly (ActionSettings & { readonly actionCode: string })[];
  readonly fixedCodes?: readonly {
    readonly to: string;
    readonly code: string;
    readonly validUntil?: string;
  }[];
}

export interface SeedUser {
  readonly userId: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly phoneNumber?: string;
  readonly phoneNumberVerified?: boolean;
  readonly username?: string;
  readonly displayName?: string;
  readonly locale?: string;
  readonly custom?: Readonly<Record<string, string | number | boolean>>;
  readonly authenticators?: readonly SeedAuthenticator[];
  readonly passkeys?: readonly SeedPasskey[];
}

export interface SeedAuthenticator {
  readonly userAuthenticatorId?: string;
  readonly verificationMethod: "EMAIL_OTP" | "EMAIL_MAGIC_LINK" | "SMS" | "WHATSAPP";
  readonly email?: string;
  readonly phoneNumber?: string;
}

export interface SeedPasskey {
  readonly userAuthenticatorId?: string;
  /** Tells two passkeys of a user apart. Default "Passkey". */
  readonly name?: string;
  readonly aaguid?: string;
}

export interface Seeded {
  readonly users: number;
  readonly passkeys: VirtualPasskey[];
}
