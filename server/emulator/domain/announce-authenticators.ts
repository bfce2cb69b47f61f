/** Tells a tenant's webhooks that an authenticator was enrolled, changed or removed. */
import { type Clock, toIso } from "../tenant/clock.ts";
import type { UserAuthenticator } from "../tenant/records.ts";
import type { AuthenticatorListener } from "../tenant/state.ts";
import type { Webhooks } from "../tenant/webhooks.ts";

/** Only enrolled authenticators are announced; their use is not. */
export function announceAuthenticators(webhooks: Webhooks, clock: Clock): AuthenticatorListener {
  return (previous, next) => {
    const before = previous?.verifiedAt === undefined ? undefined : previous;
    const after = next?.verifiedAt === undefined ? undefined : next;
    if (before === undefined && after !== undefined)
      webhooks.announce("authenticator.created", announcement(after, "createdAt", after.createdAt));
    if (before !== undefined && after === undefined)
      webhooks.announce("authenticator.deleted", announcement(before, "deletedAt", clock.now()));
    if (before !== undefined && after !== undefined && !isSameBesidesUse(before, after)) {
      webhooks.announce("authenticator.updated", announcement(after, "updatedAt", clock.now()));
    }
  };
}

/** The documented shape is flat and differs from the Server API's. */
function announcement(one: UserAuthenticator, when: "createdAt" | "updatedAt" | "deletedAt", at: number) {
  const { userId, verificationMethod, userAuthenticatorId, email, phoneNumber, credential } = one;
  return {
    userId,
    verificationMethod,
    [when]: toIso(at),
    userAuthenticatorId,
    email,
    phoneNumber,
    credentialId: credential?.credentialId,
    aaguid: credential?.aaguid,
    credentialName: credential?.name,
    credentialPublicKey: credential?.publicKey,
    previousSmsChannel: one.previousSmsChannel,
  };
}

function isSameBesidesUse(before: UserAuthenticator, after: UserAuthenticator): boolean {
  const lasting = ({ lastVerifiedAt: _used, totpStep: _step, credential, ...rest }: UserAuthenticator) =>
    JSON.stringify({ ...rest, name: credential?.name });
  return lasting(before) === lasting(after);
}
