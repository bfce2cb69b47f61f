/** Reads ports, limits, storages and secrets. No value of a secret or of a URL is repeated in a problem. */
import { parseUrl } from "../relying-party/addresses.ts";
import type { VariableName, Variables } from "./variables.ts";

/** The shortest that signs anything: 32 characters of base64 are 192 bits. */
const shortestSecret = 32;

/** Where the app listens, what stands in front of it, and how it stops. */
export function readServing(variables: Variables): {
  readonly port: number;
  readonly emulatorPort: number;
  readonly dataDir: string;
  readonly trustProxy: number;
  readonly drainSeconds: number;
  readonly metricsPath: string | null;
} {
  const { read, mode, problems } = variables;
  const metricsPath = read("METRICS_PATH") ?? null;
  if (metricsPath !== null && !/^(\/[\w.-]+)+$/.test(metricsPath))
    problems.push("METRICS_PATH must be a path such as /internal/metrics.");
  return {
    port: readNumber(variables, "PORT", { otherwise: 3000, max: 65535 }),
    emulatorPort: readNumber(variables, "EMULATOR_PORT", { otherwise: 3001, max: 65535 }),
    dataDir: read("DATA_DIR") ?? ".data",
    trustProxy: readNumber(variables, "TRUST_PROXY", { otherwise: 0, max: 32 }),
    drainSeconds: readNumber(variables, "DRAIN_SECONDS", {
      otherwise: mode === "production" ? 5 : 0,
      max: 300,
    }),
    metricsPath,
  };
}

/** Where data is kept, and for how long. */
export function readStores(variables: Variables): {
  readonly databaseUrl: string | null;
  readonly databaseSchema: string | null;
  readonly tablePrefix: string;
  readonly migrate: boolean;
  readonly redisUrl: string | null;
  readonly auditRetentionDays: number;
} {
  const databaseUrl = readUrl(variables, "DATABASE_URL", ["postgres:", "postgresql:"]);
  return {
    databaseUrl,
    ...readTables(variables, databaseUrl),
    redisUrl: readUrl(variables, "REDIS_URL", ["redis:", "rediss:"]),
    auditRetentionDays: readNumber(variables, "AUDIT_RETENTION_DAYS", { otherwise: 400, min: 1, max: 3650 }),
  };
}

/** Several secrets with commas between them, so that one can be rotated. */
export function readSecrets({ read, problems }: Variables): readonly string[] | null {
  const secrets = read("SESSION_SECRET")
    ?.split(",")
    .map((secret) => secret.trim());
  for (const [at, secret] of (secrets ?? []).entries()) {
    if (secret.length >= shortestSecret) continue;
    const which =
      secrets?.length === 1 ? "SESSION_SECRET" : `SESSION_SECRET, number ${at + 1} of ${secrets?.length},`;
    problems.push(
      `${which} is shorter than ${shortestSecret} characters: make one with \`openssl rand -base64 32\`.`,
    );
  }
  return secrets ?? null;
}

/** It has a default locally and none elsewhere. */
export function requireOrigin({ read, problems }: Variables): void {
  if (read("ORIGIN") === undefined)
    problems.push("ORIGIN is missing: write where people open the app, for example https://app.example.com.");
}

/** What has a default locally and none in production. */
export function requireForProduction(variables: Variables): void {
  const { read, problems } = variables;
  requireOrigin(variables);
  if (read("SESSION_SECRET") === undefined)
    problems.push("SESSION_SECRET is missing: make one with `openssl rand -base64 32`.");
  if ((read("TRUST_PROXY") ?? "0") === "0" && read("ORIGIN")?.startsWith("https:")) {
    problems.push(
      "TRUST_PROXY is 0, but ORIGIN is https and this server speaks http: say how many proxies end TLS in front of it, usually 1. Without it no session cookie can be set.",
    );
  }
}

function readNumber(
  { read, problems }: Variables,
  name: VariableName,
  { otherwise, min = 0, max }: { readonly otherwise: number; readonly min?: number; readonly max: number },
): number {
  const text = read(name) ?? String(otherwise);
  if (/^\d{1,5}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  problems.push(`${name} is not a whole number from ${min} to ${max}.`);
  return otherwise;
}

function readUrl(
  { read, problems }: Variables,
  name: VariableName,
  protocols: readonly string[],
): string | null {
  const text = read(name);
  if (text === undefined) return null;
  if (protocols.includes(parseUrl(text)?.protocol ?? "")) return text;
  problems.push(`${name} must be a URL that begins with ${protocols[0]}//.`);
  return null;
}

/** Where the tables are, how they are called, and who makes them. */
function readTables({ read, problems }: Variables, databaseUrl: string | null) {
  const databaseSchema = read("DATABASE_SCHEMA") ?? null;
  const tablePrefix = read("TABLE_PREFIX") ?? "passkeys_";
  const migrate = read("MIGRATE") ?? "on";
  if (databaseSchema !== null && databaseUrl === null)
    problems.push("DATABASE_SCHEMA has no effect without DATABASE_URL: leave it out.");
  if (databaseSchema !== null && !/^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/.test(databaseSchema))
    problems.push("DATABASE_SCHEMA must be letters, digits, _, $ and -, and begin with a letter or _.");
  if (!/^(?!sqlite_)[a-z_][a-z0-9_]{0,30}$/.test(tablePrefix))
    problems.push(
      "TABLE_PREFIX must be 1 to 31 lower-case letters, digits and _, such as passkeys_, and begin with no digit.",
    );
  if (migrate !== "on" && migrate !== "off") problems.push("MIGRATE must be on or off.");
  return { databaseSchema, tablePrefix, migrate: migrate === "on" };
}
