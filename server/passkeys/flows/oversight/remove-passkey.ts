/** Removes a passkey at Authsignal, with what is kept of it here: for its owner, support people, and "This wasn't me". */
import { sha256 } from "../../../http/hash.ts";
import { unlessOut } from "../../../http/outages.ts";
import type { PasskeysContext } from "../../ports/options.ts";

/** How long a removal of ours is remembered, for Authsignal's webhook that tells of it. */
const rememberMs = 24 * 60 * 60 * 1000;

export interface Removal {
  readonly userId: string;
  readonly passkeyId: string;
}

/** Check first that the passkey is the user's. @throws AppError upstream_unavailable */
export async function removePasskey(context: PasskeysContext, removal: Removal): Promise<void> {
  const { userId, passkeyId } = removal;
  const { flows } = context.storage;
  // All grants, and first: which passkey a grant came from is not known, and none may outlive its passkey.
  await flows.dropGrants(userId);
  await takeRemoval(context, removal);
  await context.authsignal.removePasskey({ userId, passkeyId });
  await unlessOut(flows.dropGrants(userId), undefined);
  // The passkey is gone. A name that stays behind does no harm.
  await unlessOut(flows.keepPasskeyName(userId, passkeyId, null), undefined);
  await unlessOut(flows.forgetPasskey(userId, passkeyId), undefined);
}

/**
 * Of all who remove an authenticator or hear that it was removed, the first gets true: so this API does not take its own
 * removals for those of others.
 */
export function takeRemoval(
  { storage, now }: PasskeysContext,
  { userId, passkeyId }: Removal,
): Promise<boolean> {
  const identity = sha256(JSON.stringify({ removed: passkeyId, of: userId }));
  return storage.flows.consumeToken(identity, new Date(now().getTime() + rememberMs));
}
