/** `GET /authenticators`: which methods the tenant has switched on. Its real schema was never seen: shape only. */
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function listAuthenticatorConfigurations({ tenant }: Call): Json {
  return tenant.settings.verificationMethods.map((verificationMethod) => ({
    verificationMethod,
    isActive: true,
  }));
}
