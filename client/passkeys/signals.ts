/**
 * needs:    the RP ID; user and credential IDs as our server knows them.
 * does:     tells the password manager which passkeys of an account exist, where the browser has the Signal API.
 * must not: guess. An unknown-credential signal deletes the passkey, a list without a passkey hides it: send both
 *           after definite answers only, never after a timeout, an outage, or an empty list without a deletion.
 *
 * @authsignal/browser sends its own signals from 1.17.0 on, after sign-ins and enrollments. Repeating them does no
 * harm: a signal states what is, not what changed.
 */
import { base64url } from "./base64url.ts";

/** Of `PublicKeyCredential`, in browsers that have it. TypeScript 5 does not know it. */
interface SignalApi {
  signalUnknownCredential?(options: { rpId: string; credentialId: string }): Promise<void>;
  signalAllAcceptedCredentials?(options: {
    rpId: string;
    userId: string;
    allAcceptedCredentialIds: string[];
  }): Promise<void>;
  signalCurrentUserDetails?(options: {
    rpId: string;
    userId: string;
    name: string;
    displayName: string;
  }): Promise<void>;
}

function signals(): SignalApi {
  return typeof PublicKeyCredential === "function" ? Object(PublicKeyCredential) : {};
}

export async function signalUnknownCredential(rpId: string, credentialId: string): Promise<void> {
  await quietly(() => signals().signalUnknownCredential?.({ rpId, credentialId }));
}

export interface AcceptedPasskeys {
  readonly rpId: string;
  readonly user: { readonly id: string; readonly email: string };
  /** As our server lists them. A passkey without an ID makes the list unknown, and nothing is sent. */
  readonly passkeys: readonly { readonly credentialId: string | null }[];
  /** The person has just deleted a passkey, so an empty list is correct. */
  readonly afterDelete?: boolean;
}

/** All passkeys of the account, and the name under which the password manager shows them. */
export async function signalAccepted(accepted: AcceptedPasskeys): Promise<void> {
  const { rpId, user, passkeys, afterDelete = false } = accepted;
  const ids = passkeys.flatMap(({ credentialId }) => credentialId ?? []);
  // A passkey without an ID would be missing from the list, and so be hidden.
  if (ids.length < passkeys.length || (ids.length === 0 && !afterDelete)) return;
  const userId = userHandle(user.id);
  await quietly(() =>
    signals().signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds: ids }),
  );
  const names = { name: user.email, displayName: user.email };
  await quietly(() => signals().signalCurrentUserDetails?.({ rpId, userId, ...names }));
}

/** Authsignal's user handle is the UTF-8 bytes of the user ID; signals take it as base64url. */
export function userHandle(userId: string): string {
  return base64url(new TextEncoder().encode(userId));
}

/** A failed signal must not fail the person's task. */
async function quietly(signal: () => Promise<void> | undefined): Promise<void> {
  try {
    await signal();
  } catch {
    // For example a SecurityError, where the RP ID does not fit the page: misconfiguration.ts tells the developer.
  }
}
