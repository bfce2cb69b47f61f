/** Keeps the private keys of passkeys that the emulator made, in memory, as a browser's password manager would. */
import type { HeldPasskey } from "../../authenticator/authenticator.ts";

export interface Keychain {
  keep(tenantId: string, userId: string, passkey: HeldPasskey): void;
  /** The newest one of the tenant that fits. */
  find(
    tenantId: string,
    userId: string | undefined,
    credentialId: string | undefined,
  ): HeldPasskey | undefined;
}

interface Entry extends HeldPasskey {
  readonly tenantId: string;
  readonly userId: string;
}

const mostPasskeys = 20_000;

export function createKeychain(): Keychain {
  const entries = new Map<string, Entry>();
  return {
    keep(tenantId, userId, passkey) {
      entries.delete(passkey.credentialId);
      entries.set(passkey.credentialId, { ...passkey, tenantId, userId });
      const [oldest] = entries.keys();
      if (entries.size > mostPasskeys && oldest !== undefined) entries.delete(oldest);
    },
    find(tenantId, userId, credentialId) {
      const found = [...entries.values()].findLast(
        (one) =>
          one.tenantId === tenantId &&
          (userId === undefined || one.userId === userId) &&
          (credentialId === undefined || one.credentialId === credentialId),
      );
      return (
        found && {
          credentialId: found.credentialId,
          privateKey: found.privateKey,
          userHandle: found.userHandle,
        }
      );
    },
  };
}
