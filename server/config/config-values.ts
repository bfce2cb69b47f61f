/** Reads ports, limits, storages and secrets. No value of a secret or of a URL is repeated in a problem. */
import { isIP } from "node:net";
import { readRedisAddress } from "../http/options/redis-address.ts";
import { isProxyNetwork, type TrustedProxies } from "../http/proxy-trust.ts";
import { parseUrl } from "../relying-party/addresses.ts";
import { split } from "../relying-party/native-apps.ts";
import type { VariableName, Variables } from "./variables.ts";

/** The shortest that signs anything: 32 characters of base64 are 192 bits. */
const shortestSecret = 32;

/** Where Prometheus reads. */
export interface MetricsConfig {
  readonly port: number;
  readonly path: string;
}

/** Where the app listens, what stands in front of it, and how it stops. */
export function readServing(variables: Variables): {
  readonly port: number;
  readonly emulatorPort: number;
  readonly dataDir: string;
  readonly trustProxy: TrustedProxies;
  readonly drainSeconds: number;
  readonly listenAddress: string | null;
  readonly metrics: MetricsConfig | null;
} {
  const { read, mode, problems } = variables;
  const port = readNumber(variables, "PORT", { otherwise: 3000, max: 65535 });
  const listenAddress = read("LISTEN_ADDRESS") ?? null;
  if (listenAddress !== null && isIP(listenAddress) === 0 && listenAddress !== "localhost")
    problems.push("LISTEN_ADDRESS must be an IP address of this machine such as 127.0.0.1, or localhost.");
  return {
    port,
    listenAddress,
    emulatorPort: readNumber(variables, "EMULATOR_PORT", { otherwise: 3001, max: 65535 }),
    dataDir: read("DATA_DIR") ?? ".data",
    trustProxy: readTrustedProxies(variables),
    drainSeconds: readNumber(variables, "DRAIN_SECONDS", {
      otherwise: mode === "production" ? 5 : 0,
      max: 300,
    }),
    metrics: readMetrics(variables, port),
  };
}

function readMetrics(variables: Variables, appPort: number): MetricsConfig | null {
  const { read, problems } = variables;
  const path = read("METRICS_PATH");
  if (path !== undefined && !/^(\/[\w.-]+)+$/.test(path))
    problems.push("METRICS_PATH must be a path such as /metrics.");
  if (read("METRICS_PORT") === undefined) {
    if (path !== undefined)
      problems.push("METRICS_PATH has no effect without METRICS_PORT: the metrics have a port of their own.");
    return null;
  }
  const port = readNumber(variables, "METRICS_PORT", { otherwise: 0, max: 65535 });
  if (port === appPort && port !== 0)
    problems.push(
      "METRICS_PORT must be another port than PORT, so that the proxy of the app cannot publish it.",
    );
  return { port, path: path ?? "/metrics" };
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
    redisUrl: readRedisUrl(variables),
    auditRetentionDays: readNumber(variables, "AUDIT_RETENTION_DAYS", { otherwise: 400, min: 1, max: 3650 }),
  };
}

/** How notices are mailed. */
export interface MailConfig {
  readonly url: string;
  readonly from: string;
}

export function readMail(variables: Variables): MailConfig | null {
  const { read, problems } = variables;
  const url = readUrl(variables, "SMTP_URL", ["smtp:", "smtps:"]);
  const from = read("MAIL_FROM");
  if (from !== undefined && !/@[\w.-]+>?$/.test(from))
    problems.push("MAIL_FROM must be an address, such as Example <no-reply@example.com>.");
  const isGiven = read("SMTP_URL") !== undefined;
  if (isGiven && from === undefined)
    problems.push("MAIL_FROM is missing: write the sender of the notices that SMTP_URL sends.");
  if (!isGiven && from !== undefined)
    problems.push("MAIL_FROM has no effect without SMTP_URL: leave it out.");
  return url === null || from === undefined ? null : { url, from };
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
      "TRUST_PROXY is 0, but ORIGIN is https and this server speaks http: say how many proxies end TLS in front of it, usually 1, or their subnets. Without it no session cookie can be set.",
    );
  }
}

/** A whole number; else a problem is added, and the default is the answer. */
export function readNumber(
  { read, problems }: Variables,
  name: VariableName,
  { otherwise, min = 0, max }: { readonly otherwise: number; readonly min?: number; readonly max: number },
): number {
  const text = read(name) ?? String(otherwise);
  if (/^\d{1,5}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  problems.push(`${name} is not a whole number from ${min} to ${max}.`);
  return otherwise;
}

/** A number, or addresses and subnets with commas. */
function readTrustedProxies(variables: Variables): TrustedProxies {
  const text = variables.read("TRUST_PROXY") ?? "0";
  if (/^\d{1,5}$/.test(text)) return readNumber(variables, "TRUST_PROXY", { otherwise: 0, max: 32 });
  const networks = split(text);
  if (networks.length > 0 && networks.every(isProxyNetwork)) return networks;
  variables.problems.push(
    "TRUST_PROXY is not a whole number from 0 to 32, nor the addresses and subnets of your proxies, such as 10.0.0.0/8, loopback.",
  );
  return 0;
}

function readRedisUrl({ read, problems }: Variables): string | null {
  const text = read("REDIS_URL");
  if (text === undefined) return null;
  const address = readRedisAddress(text);
  if (!("fault" in address)) return text;
  problems.push(`REDIS_URL ${address.fault}.`);
  return null;
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
