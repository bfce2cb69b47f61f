/** Reads the tenant. */
import { adviceForApiBase, adviceForApiSecretKey } from "../relying-party/addresses.ts";
import type { Variables } from "./variables.ts";

export interface TenantConfig {
  readonly tenantId: string;
  readonly apiSecretKey: string;
  readonly apiUrl: string;
}

const names = ["AUTHSIGNAL_TENANT_ID", "AUTHSIGNAL_API_SECRET_KEY", "AUTHSIGNAL_API_URL"] as const;

interface TenantChoice {
  /** Null only locally, when no variable of a tenant is set. */
  readonly tenant: TenantConfig | null;
  readonly stagingEmulator: boolean;
}

export function readTenant(variables: Variables, isProduction: boolean): TenantChoice {
  const stagingEmulator = readStaging(variables, isProduction);
  const tenant = readTenantOf(variables, stagingEmulator || variables.mode === "emulated");
  const isReal =
    tenant !== null &&
    adviceForApiSecretKey(tenant.apiSecretKey, false) === null &&
    adviceForApiBase(tenant.apiUrl, false) === null;
  if (stagingEmulator && isReal)
    variables.problems.push("STAGING_EMULATOR has no effect on a tenant of Authsignal: leave it out.");
  return { tenant, stagingEmulator };
}

/** Only for the production entry: `npm start` has an emulator of its own. */
function readStaging({ read, mode, problems }: Variables, isProduction: boolean): boolean {
  const text = read("STAGING_EMULATOR") ?? "off";
  if (text !== "on" && text !== "off") problems.push("STAGING_EMULATOR must be on or off.");
  if (text !== "on") return false;
  if (mode === "local")
    problems.push(
      "STAGING_EMULATOR has no effect on `npm start`, which runs its own emulator: leave it out.",
    );
  if (isProduction)
    problems.push(
      "STAGING_EMULATOR is on with NODE_ENV=production: an emulator shows its codes to everybody. Leave one of them out.",
    );
  return mode === "production";
}

function readTenantOf({ read, mode, problems }: Variables, isEmulated: boolean): TenantConfig | null {
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
