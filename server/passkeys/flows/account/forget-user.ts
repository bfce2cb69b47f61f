/** Removes what is kept of a user, at Authsignal and here, but for the host's own row and the sessions. */
import { mailboxKey, normaliseEmail } from "../../ports/email-address.ts";
import type { PasskeysContext } from "../../ports/options.ts";

export async function forgetTraces(
  { authsignal, users, storage, knownBrowsers }: PasskeysContext,
  userId: string,
): Promise<void> {
  const email = (await users.findById(userId))?.email ?? null;
  // First at Authsignal: without its passkeys no sign-in as this user succeeds meanwhile.
  await authsignal.removeUser(userId);
  await storage.flows.forgetUser(userId);
  await knownBrowsers.forget?.(userId, email === null ? null : mailboxKey(normaliseEmail(email)));
}
