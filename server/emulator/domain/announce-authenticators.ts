/** Tells a tenant's webhooks that an authenticator was enrolled, changed or removed. */
import { type Clock, toIso } from "../tenant/clock.ts";
import type { UserAuthenticator } from "../tenant/records.ts";
import type { AuthenticatorListener } from "../tenant/state.ts";
import type { Webhooks } from "../tenant/webhooks.ts";
import type { WebhookOptions } from "../wire/emulator-options.ts";

/** Only enrolled authenticators are announced; their use is not. */
export function announceAuthenticators(
  webhooks: Webhooks,
  clock: Clock,
  { includeCredentialPublicKey = false }: Partial<WebhookOptions>,
): AuthenticatorListener {
  return (previous, next) => {
    const before = previous?.verifiedAt === undefined ? undefined : previous;
    const after = next?.verifiedAt === undefined ? undefined : next;
    if (before === undefined && after !== undefined)
      webhooks.announce("authenticator.created", {
        ...announcement(after),
        createdAt: toIso(after.createdAt),
        credentialPublicKey: includeCredentialPublicKey ? after.credential?.publicKey : undefined,
      });
    if (before !== undefined && after === undefined)
      webhooks.announce("authenticator.deleted", {
        ...announcement(before),
        createdAt: toIso(before.createdAt),
        deletedAt: toIso(clock.now()),
      });
    if (before !== undefined && after !== undefined && !isSameBesidesUse(before, after)) {
      webhooks.announce("authenticator.updated", {
        ...announcement(after),
        updatedAt: toIso(clock.now()),
        previousSmsChannel: after.previousSmsChannel,
      });
    }
  };
}

/** The documented shape is flat and differs from the Server API's. */
function announcement(one: UserAuthenticator) {
  const { userId, verificationMethod, userAuthenticatorId, email, phoneNumber, credential } = one;
  return {
    userId,
    verificationMethod,
    userAuthenticatorId,
    email,
    phoneNumber,
    credentialId: credential?.credentialId,
    aaguid: credential?.aaguid,
    credentialName: credential?.name,
  };
}

function isSameBesidesUse(before: UserAuthenticator, after: UserAuthenticator): boolean {
  const lasting = ({ lastVerifiedAt: _used, totpStep: _step, credential, ...rest }: UserAuthenticator) =>
    JSON.stringify({ ...rest, name: credential?.name });
  return lasting(before) === lasting(after);
}
