/** Reads the tenant. */
import { adviceForApiBase, adviceForApiSecretKey } from "../relying-party/addresses.ts";
import type { Variables } from "./variables.ts";

export interface TenantConfig {
  readonly tenantId: string;
  readonly apiSecretKey: string;
  readonly apiUrl: string;
}

const names = ["AUTHSIGNAL_TENANT_ID", "AUTHSIGNAL_API_SECRET_KEY", "AUTHSIGNAL_API_URL"] as const;

/** @returns null only locally, when no variable of a tenant is set */
export function readTenant({ read, mode, problems }: Variables): TenantConfig | null {
  const [tenantId, apiSecretKey, writtenUrl] = names.map(read);
  const apiUrl = writtenUrl?.replace(/\/+$/, "");
  if (mode === "local" && tenantId === undefined && apiSecretKey === undefined && apiUrl === undefined) {
    return null;
  }
  // The emulator never completes half a tenant: the tests would talk to the wrong one.
  for (const name of names) {
    if (read(name) === undefined)
      problems.push(`${name} is missing: copy it from the Authsignal portal (Settings, API keys).`);
  }
  const isEmulated = mode === "emulated";
  const secretAdvice = apiSecretKey === undefined ? null : adviceForApiSecretKey(apiSecretKey, isEmulated);
  if (secretAdvice !== null) problems.push(`AUTHSIGNAL_API_SECRET_KEY must be ${secretAdvice}.`);
  const urlAdvice = apiUrl === undefined ? null : adviceForApiBase(apiUrl, isEmulated);
  if (urlAdvice !== null) problems.push(`AUTHSIGNAL_API_URL must be ${urlAdvice}.`);
  return {
    tenantId: tenantId ?? "",
    apiSecretKey: apiSecretKey ?? "",
    apiUrl: apiUrl ?? "",
  };
}
