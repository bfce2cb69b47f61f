/** Removes what is kept of a user, at Authsignal and here, but for the host's own row and the sessions. */
import { mailboxKey, normaliseEmail } from "../../ports/email-address.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import { takeRemoval } from "../oversight/remove-passkey.ts";

export async function forgetTraces(context: PasskeysContext, userId: string): Promise<void> {
  const { authsignal, users, storage, knownBrowsers, notices } = context;
  const email = (await users.findById(userId))?.email ?? null;
  // First at Authsignal: without its passkeys no sign-in as this user succeeds meanwhile.
  const { passkeys, others } = await authsignal.listAuthenticators(userId);
  // Otherwise Authsignal's webhooks would report them as removed outside this API.
  for (const { id } of [...passkeys, ...others]) await takeRemoval(context, { userId, passkeyId: id });
  await authsignal.removeUser(userId);
  await storage.flows.forgetUser(userId);
  await notices.forget(userId);
  await knownBrowsers.forget?.(userId, email === null ? null : mailboxKey(normaliseEmail(email)));
}
