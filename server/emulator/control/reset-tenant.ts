/** Empties one tenant, or one of its users. */
import { forgetUser } from "../domain/user-records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Core } from "./core.ts";

/** Without a user, also the tenant's limits, clock, faults and journal. */
export function resetTenant(core: Core, tenant: Tenant, userId: string | undefined): void {
  if (userId !== undefined) forgetUser(tenant, userId);
  else {
    tenant.state.clear();
    tenant.limits.clear();
    tenant.clock.resume();
    core.faults.clear(tenant.tenantId);
    core.journal.clear(tenant.tenantId);
  }
  tenant.state.commit();
}
