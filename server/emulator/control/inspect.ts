/** What the page shows of a tenant: its newest users and actions. */
import { serverView } from "../domain/authenticator-view.ts";
import { userAttributes } from "../domain/user-records.ts";
import { toIso } from "../tenant/clock.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Json } from "../wire/wire.ts";

/** How many users and actions the page shows. */
const shown = 100;

export function inspectTenant(tenant: Tenant): Json {
  const users = [...tenant.state.users.values()].slice(-shown).reverse();
  const actions = [...tenant.state.actions.values()].slice(-shown).reverse();
  return {
    tenantId: tenant.tenantId,
    rpId: tenant.settings.rpId,
    expectedOrigins: [...tenant.settings.expectedOrigins],
    anyLocalhostPort: tenant.settings.anyLocalhostPort,
    apiUrl: tenant.apiUrl(),
    users: users.map((user) => ({
      userId: user.userId,
      ...userAttributes(user),
      createdAt: toIso(user.createdAt),
      authenticators: tenant.state.userAuthenticators.where("userId", user.userId).map((one) => ({
        ...serverView(one),
        isVerified: one.verifiedAt !== undefined,
      })),
    })),
    actions: actions.map((action) => ({
      userId: action.userId,
      actionCode: action.actionCode,
      idempotencyKey: action.idempotencyKey,
      state: action.state,
      verificationMethod: action.verificationMethod,
      createdAt: toIso(action.createdAt),
    })),
  };
}
