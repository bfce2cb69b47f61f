/**
 * Says whether a passkey that the browser calls `cross-platform` came from another device. Password managers that run
 * as an extension report `cross-platform` too, although their passkey is on this device. An AAGUID is a claim, not a
 * proof, so this decides only whether to offer a passkey here.
 */
import type { Passkey } from "../../shared/contract.ts";

/** The password managers that phones come with. */
const ofPhones = /^(icloud keychain|apple|google password manager|samsung)/i;

export async function isFromAnotherDevice(
  credentialId: string | undefined,
  listPasskeys: () => Promise<readonly Passkey[]>,
): Promise<boolean> {
  const passkeys = await listPasskeys().catch(() => []);
  const used = passkeys.find((passkey) => passkey.credentialId === credentialId);
  if (used === undefined) return false;
  const isInExtension = used.provider !== null && used.synced !== false && !ofPhones.test(used.provider);
  return !isInExtension;
}
