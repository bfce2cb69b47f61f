/** What the command line prints: where the emulator is, whom it answers, and why it refused a request. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Emulator } from "./index.ts";
import type { EmulatorOptions, RefusedRequest, TenantOptions } from "./wire/emulator-options.ts";
import { isJsonObject } from "./wire/input.ts";
import type { Shape } from "./wire/shape.ts";

export function startLines(emulator: Emulator, { tenants = [] }: EmulatorOptions): readonly string[] {
  return [
    `EMULATOR of Authsignal: ${emulator.url} (page), ${emulator.apiUrl} (API). It never contacts Authsignal.`,
    ...tenants.flatMap((tenant) => [
      `  tenant   ${tenant.tenantId}`,
      `  secret   ${tenant.secrets.join(", ")}`,
      `  RP ID    ${tenant.rpId}`,
      `  origins  ${originsOf(tenant).join(", ")}`,
    ]),
  ];
}

/** The line of `--json`, for programs that start the emulator. */
export function startRecord(emulator: Emulator, { tenants = [] }: EmulatorOptions) {
  return {
    url: emulator.url,
    apiUrl: emulator.apiUrl,
    port: emulator.port,
    pid: process.pid,
    tenants: tenants.map(({ tenantId, secrets, rpId, expectedOrigins, anyLocalhostPort = false }) => ({
      ...{ tenantId, secrets, rpId, expectedOrigins, anyLocalhostPort },
    })),
  };
}

/** A file that an editor completes and checks a seed or a configuration with. */
export function schemaText(title: string, { schema }: Shape): string {
  return JSON.stringify(
    { $schema: "https://json-schema.org/draft/2020-12/schema", title, ...schema },
    null,
    2,
  );
}

function originsOf({ expectedOrigins, anyLocalhostPort }: TenantOptions): readonly string[] {
  return [...expectedOrigins, ...(anyLocalhostPort ? ["http://localhost on any port"] : [])];
}

export function describeRefusal(refusal: RefusedRequest): string {
  const { method, path, status, errorCode, reason, notes } = refusal;
  const why = [errorCode, reason, ...notes].filter((part) => part !== undefined).join(": ");
  return `Refused ${method} ${path} (${status}): ${why}`;
}

/** The version in the package.json above this file, which stands at another depth when it is built. */
export function version(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) {
      const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
      return isJsonObject(manifest) ? String(manifest.version) : "unknown";
    }
    if (folder === dirname(folder)) return "unknown";
  }
}
