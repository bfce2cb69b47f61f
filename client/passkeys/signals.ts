/**
 * needs:    the RP ID; user and credential IDs as our server knows them.
 * does:     keeps the password manager's copy of an account true, where the browser has the Signal API.
 * must not: guess. An unknown-credential signal deletes for good, a list that lacks a passkey hides it: both are
 *           sent on definite answers only, never after a timeout, an outage or an empty answer nobody asked for.
 *
 * @authsignal/browser sends signals of its own from 1.17.0 on, after sign-ins and enrollments. Ours are sent when
 * our server's list was loaded or changed, and are harmless when repeated: they say what is, not what changed.
 */
import type { Passkey, User } from "../../shared/contract.ts";
import { base64url } from "./base64url.ts";

/** `PublicKeyCredential` as browsers with and without the Signal API have it. */
type Signals = Partial<
  Pick<
    typeof PublicKeyCredential,
    "signalAllAcceptedCredentials" | "signalCurrentUserDetails" | "signalUnknownCredential"
  >
>;

function signals(): Signals {
  return typeof PublicKeyCredential === "function" ? PublicKeyCredential : {};
}

export async function signalUnknownCredential(rpId: string, credentialId: string): Promise<void> {
  await quietly(() => signals().signalUnknownCredential?.({ rpId, credentialId }));
}

export interface AcceptedPasskeys {
  readonly rpId: string;
  readonly user: User;
  readonly passkeys: readonly Passkey[];
  /** The person has just deleted one, so that an empty list is the truth and not an accident. */
  readonly afterDelete?: boolean;
}

/** All passkeys of the account, and the name under which the password manager shows them. */
export async function signalAccepted(accepted: AcceptedPasskeys): Promise<void> {
  const { rpId, user, passkeys, afterDelete = false } = accepted;
  const ids = passkeys.map(({ credentialId }) => credentialId).filter((id) => id !== null);
  // One passkey without an ID would be missing from the list, and so be hidden.
  if (ids.length < passkeys.length || (ids.length === 0 && !afterDelete)) return;
  const userId = userHandle(user.id);
  await quietly(() =>
    signals().signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds: ids }),
  );
  const names = { name: user.email, displayName: user.email };
  await quietly(() => signals().signalCurrentUserDetails?.({ rpId, userId, ...names }));
}

/** Authsignal makes the user handle of the UTF-8 bytes of the user's ID; signals take it as base64url. */
export function userHandle(userId: string): string {
  return base64url(new TextEncoder().encode(userId));
}

/** A browser that does not take a signal is no failure of anything that the person does. */
async function quietly(signal: () => Promise<void> | undefined): Promise<void> {
  try {
    await signal();
  } catch {
    // For example a SecurityError, where the RP ID does not fit the page: misconfiguration.ts tells the developer.
  }
}
