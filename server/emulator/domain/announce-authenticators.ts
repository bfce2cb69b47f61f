/** Tells a tenant's webhooks that an authenticator was enrolled, changed or removed. */
import type { UserAuthenticator } from "../tenant/records.ts";
import type { AuthenticatorListener } from "../tenant/state.ts";
import type { Webhooks } from "../tenant/webhooks.ts";
import { serverView } from "./authenticator-view.ts";

/** Only enrolled authenticators are announced; their use is not. */
export function announceAuthenticators(webhooks: Webhooks): AuthenticatorListener {
  return (previous, next) => {
    const before = previous?.verifiedAt === undefined ? undefined : previous;
    const after = next?.verifiedAt === undefined ? undefined : next;
    if (before === undefined && after !== undefined)
      webhooks.announce("authenticator.created", serverView(after));
    if (before !== undefined && after === undefined)
      webhooks.announce("authenticator.deleted", serverView(before));
    if (before !== undefined && after !== undefined && !isSameBesidesUse(before, after)) {
      webhooks.announce("authenticator.updated", serverView(after));
    }
  };
}

function isSameBesidesUse(before: UserAuthenticator, after: UserAuthenticator): boolean {
  const lasting = ({ lastVerifiedAt: _used, totpStep: _step, credential, ...rest }: UserAuthenticator) =>
    JSON.stringify({ ...rest, name: credential?.name });
  return lasting(before) === lasting(after);
}
