/** What the page at track's `url` shows, and what it may do besides the Client API. */
import { enrolledAuthenticators, enrollmentFactsFor, mayEnroll } from "../../domain/authenticator-rules.ts";
import { clientView } from "../../domain/authenticator-view.ts";
import { returnUrl } from "../../domain/prebuilt-ui.ts";
import { findAction } from "../../domain/tracked-actions.ts";
import type { Tenant } from "../../tenant/tenant.ts";
import type { ClientToken } from "../../tenant/tokens.ts";
import type { Json } from "../../wire/wire.ts";
import { invalidRequest, WireError } from "../../wire/wire-error.ts";

/** `text` is the token itself: after a finished challenge the page returns with it. */
export function prebuiltSession(tenant: Tenant, token: ClientToken, text: string): Json {
  const { userId, actionCode } = token;
  const action = findAction(tenant, token);
  const { isEnrolled, allowedVerificationMethods, defaultVerificationMethod } = enrollmentFactsFor(
    tenant,
    userId,
    actionCode,
  );
  const enrolled = enrolledAuthenticators(tenant, userId);
  return {
    name: tenant.settings.rpName,
    actionCode,
    state: action?.state,
    isEnrolled,
    isSettings: action?.redirectToSettings ?? false,
    mayEnroll: mayEnroll(tenant, token),
    allowedVerificationMethods: [...allowedVerificationMethods],
    defaultVerificationMethod,
    address: action?.email ?? tenant.state.users.get(userId)?.email,
    authenticators: enrolled.map(clientView),
    returnUrl: returnUrl(action, text),
  };
}

/** The settings page removes an authenticator after a challenge. */
export function removeOwnAuthenticator(
  tenant: Tenant,
  token: ClientToken,
  userAuthenticatorId: string,
): Json {
  if (!token.scopes.has("remove:authenticators"))
    throw new WireError("forbidden", "The token does not allow removing an authenticator.");
  const { userAuthenticators } = tenant.state;
  if (userAuthenticators.get(userAuthenticatorId)?.userId !== token.userId)
    throw invalidRequest("The authenticator does not exist.");
  userAuthenticators.delete(userAuthenticatorId);
  tenant.state.commit();
  return { success: true };
}
