/** `GET /authenticators`, and the same of the Client API: the methods that the tenant has switched on. */
import { createHash } from "node:crypto";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function listAuthenticatorConfigurations({ tenant }: Pick<Call, "tenant">): Json {
  return tenant.settings.verificationMethods.map((verificationMethod) => ({
    authenticatorId: configurationId(tenant.tenantId, verificationMethod),
    verificationMethod,
    smsChannel: verificationMethod === "SMS" ? "DEFAULT" : undefined,
    isActive: true,
    isEditableByUser: true,
    isHiddenToUser: false,
  }));
}

/** A UUID (RFC 9562 version 8) that stays the same. */
function configurationId(tenantId: string, verificationMethod: string): string {
  const hex = createHash("sha256")
    .update(JSON.stringify([tenantId, verificationMethod]))
    .digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
