/**
 * needs:    our server's list of passkeys.
 * does:     says whether a passkey that the browser calls `cross-platform` really came from another device.
 * must not: decide anything but whether to offer one on this device: an AAGUID is a claim, not a proof.
 *
 * Password managers that run as an extension report `cross-platform` too, although their passkey is right here.
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
  const isOfExtension = used.provider !== null && used.synced !== false && !ofPhones.test(used.provider);
  return !isOfExtension;
}
