/** What a seed holds, and what seeding returns. `command-line.ts` reads the file, `seed.ts` applies it. */

import type { ActionSettings } from "../wire/emulator-options.ts";
import { actionCode, actionShape } from "../wire/option-shapes.ts";
import { anyAddress, emailAddress, phoneNumber } from "../wire/person-addresses.ts";
import {
  anything,
  choice,
  flag,
  isoTime,
  list,
  type Members,
  map,
  object,
  text,
  uuid,
} from "../wire/shape.ts";
import type { JsonObject } from "../wire/wire.ts";
import type { VirtualPasskey } from "./virtual-passkey.ts";

/** Users with fixed ids, their authenticators, and passkeys with known private keys. */
export interface Seed {
  /** For editors: `authsignal-emulator --schema seed` prints what it points to. */
  readonly $schema?: string;
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
  readonly custom?: JsonObject;
  readonly authenticators?: readonly SeedAuthenticator[];
  readonly passkeys?: readonly SeedPasskey[];
}

export interface SeedAuthenticator {
  readonly userAuthenticatorId?: string;
  readonly verificationMethod: "EMAIL_OTP" | "EMAIL_MAGIC_LINK" | "SMS" | "WHATSAPP";
  /** Default: the user's, as with `phoneNumber`. */
  readonly email?: string;
  readonly phoneNumber?: string;
}

export interface SeedPasskey {
  readonly userAuthenticatorId?: string;
  /** Tells two passkeys of a user apart. Default "Passkey". */
  readonly name?: string;
  readonly aaguid?: string;
  /** Shown parsed, as of the browser that registered it. */
  readonly userAgent?: string;
  /** Whether the passkey may be synced. Default true; Playwright's credentials are not. */
  readonly backupEligibility?: boolean;
  /** Whether it is synced. Default: as `backupEligibility`. */
  readonly backupState?: boolean;
}

export interface Seeded {
  readonly users: number;
  readonly passkeys: VirtualPasskey[];
}

const passkeyMembers: Members<SeedPasskey> = {
  userAuthenticatorId: text({ longest: 64 }),
  name: text({ longest: 256 }),
  aaguid: uuid,
  userAgent: text(),
  backupEligibility: flag,
  backupState: flag,
};

const authenticatorMembers: Members<SeedAuthenticator> = {
  userAuthenticatorId: text({ longest: 64 }),
  verificationMethod: choice("EMAIL_OTP", "EMAIL_MAGIC_LINK", "SMS", "WHATSAPP"),
  email: emailAddress,
  phoneNumber,
};

const userMembers: Members<SeedUser> = {
  userId: text({ longest: 256 }),
  email: emailAddress,
  emailVerified: flag,
  phoneNumber,
  phoneNumberVerified: flag,
  username: text(),
  displayName: text(),
  locale: text(),
  custom: map(anything()),
  authenticators: list(object(authenticatorMembers, ["verificationMethod"])),
  passkeys: list(object(passkeyMembers)),
};

export const seedMembers: Members<Omit<Seed, "$schema">> = {
  users: list(object(userMembers, ["userId"])),
  actions: list(actionShape({ actionCode })),
  fixedCodes: list(
    object({ to: anyAddress, code: text({ longest: 16 }), validUntil: isoTime }, ["to", "code"]),
  ),
};

export const ofEditors = { $schema: text() };

export const seedShape = object({ ...seedMembers, ...ofEditors });

/** A seed whose members an editor knows, checked where it is written: throws a sentence that names what is wrong. */
export function defineSeed(seed: Seed): Seed {
  seedShape.check(seed, "");
  return seed;
}
