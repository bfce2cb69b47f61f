import type { Call } from "../operation.ts";
import type { Json } from "../wire.ts";

/** `GET /authenticators`: which methods the tenant has switched on. Its real schema was never seen: shape only. */
export function getAuthenticatorConfigurations({ tenant }: Call): Json {
  return tenant.settings.verificationMethods.map((verificationMethod) => ({
    verificationMethod,
    isActive: true,
  }));
}
