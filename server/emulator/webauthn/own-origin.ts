/** The page at track's `url` runs ceremonies too, on the emulator's own origin. */
import { originOf } from "../domain/prebuilt-ui.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { TenantSettings } from "../wire/tenant-settings.ts";

/** The tenant's settings with that origin, if its host fits the RP ID. */
export function withOwnOrigin(tenant: Tenant): TenantSettings {
  const { settings } = tenant;
  const origin = originOf(tenant);
  const { hostname } = new URL(origin);
  if (hostname !== settings.rpId && !hostname.endsWith(`.${settings.rpId}`)) return settings;
  return { ...settings, expectedOrigins: [...settings.expectedOrigins, origin] };
}
