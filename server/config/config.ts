/** The only reader of the environment. Reports every problem at once; refuses what would be unsafe. */

import { adviceForRpId } from "../relying-party/addresses.ts";
import { type AndroidApp, readAndroidApps, readIosApps } from "../relying-party/native-apps.ts";
import { readTenant, type TenantConfig } from "./config-tenant.ts";
import { readMoreOrigins, readNumber, readOrigin, readSecrets, readUrl } from "./config-values.ts";

export type { TenantConfig };

export interface Config {
  readonly port: number;
  readonly emulatorPort: number;
  readonly dataDir: string;
  /** Null only locally: then the emulator is started. */
  readonly tenant: TenantConfig | null;
  readonly origin: string;
  readonly rpId: string;
  /** Where people open the app as well: sub-domains, or other domains that share the RP ID. */
  readonly moreOrigins: readonly string[];
  /** Native apps that share the passkeys. */
  readonly iosApps: readonly string[];
  readonly androidApps: readonly AndroidApp[];
  /** Whether browsers reach Authsignal through this server. */
  readonly clientApiProxy: boolean;
  /** The first signs, all verify. Null only locally: then one is made and kept in `dataDir`. */
  readonly sessionSecrets: readonly string[] | null;
  /** Express's `trust proxy`: how many proxies stand in front. */
  readonly trustProxy: number;
  /** PostgreSQL instead of the SQLite file. */
  readonly databaseUrl: string | null;
  /** Sessions and limits in Redis. */
  readonly redisUrl: string | null;
  /** After how many days a security event is deleted. */
  readonly auditRetentionDays: number;
  /** How long SIGTERM leaves the port open, with `/readyz` at 503. */
  readonly drainSeconds: number;
  /** Where Prometheus finds metrics, or null for nowhere. */
  readonly metricsPath: string | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every variable: what it means, its default, what breaks without it. README's table is checked against this. */
export const environmentVariables = {
  PORT: { default: "3000", meaning: "Port of the app." },
  EMULATOR_PORT: { default: "3001", meaning: "Port of the Authsignal emulator (only without a tenant)." },
  DATA_DIR: { default: ".data", meaning: "Folder of the SQLite files." },
  AUTHSIGNAL_TENANT_ID: {
    default: "",
    meaning: "Your tenant's id. Without it `npm start` runs the emulator.",
  },
  AUTHSIGNAL_API_SECRET_KEY: { default: "", meaning: "Your tenant's API secret key. Server only." },
  AUTHSIGNAL_API_URL: {
    default: "",
    meaning: "Your tenant's region, for example `https://api.authsignal.com/v1`.",
  },
  ORIGIN: { default: "http://localhost:3000", meaning: "Where people open the app: scheme, host and port." },
  RP_ID: { default: "host of ORIGIN", meaning: "The relying party ID: the domain passkeys are bound to." },
  MORE_ORIGINS: {
    default: "",
    meaning:
      "Further origins of the app, with commas: sub-domains, or domains that share the RP ID (served at `/.well-known/webauthn`).",
  },
  IOS_APPS: {
    default: "",
    meaning:
      "Apple apps that share the passkeys, with commas: `ABCDE12345.com.example.app` (served as `apple-app-site-association`).",
  },
  ANDROID_APPS: {
    default: "",
    meaning:
      "Android apps that share the passkeys, with commas: `com.example.app=AB:CD:…`, the SHA-256 of the signing report (served as `assetlinks.json`).",
  },
  CLIENT_API_PROXY: {
    default: "off",
    meaning:
      "`on`: browsers reach Authsignal through this server, where ad-block lists and CORS do not matter.",
  },
  SESSION_SECRET: {
    default: "made and kept in DATA_DIR",
    meaning:
      "Signs the session cookie, at least 32 characters. Required by the production entry. Several, with commas: the first signs, all verify.",
  },
  DATABASE_URL: { default: "", meaning: "`postgres://…`: PostgreSQL instead of the SQLite file." },
  REDIS_URL: { default: "", meaning: "`redis://…`: sessions and limits in Redis." },
  METRICS_PATH: {
    default: "",
    meaning:
      "Path of the Prometheus metrics, for example `/internal/metrics`. Keep your proxy from publishing it.",
  },
  AUDIT_RETENTION_DAYS: {
    default: "400",
    meaning: "How long security events are kept in the database, 1 to 3650 days.",
  },
  DRAIN_SECONDS: {
    default: "5, locally 0",
    meaning:
      "Seconds after SIGTERM that the app still serves, with `/readyz` at 503: time for a balancer to see it.",
  },
  TRUST_PROXY: { default: "0", meaning: "How many reverse proxies stand in front of the app." },
} as const;

type VariableName = keyof typeof environmentVariables;

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(["The configuration cannot be used:", ...problems.map((problem) => `  - ${problem}`)].join("\n"));
    this.problems = problems;
  }
}

export type ProductionConfig = Config & {
  readonly tenant: TenantConfig;
  readonly sessionSecrets: readonly string[];
};

/** For the production entry: a real tenant and explicit secrets. @throws ConfigError with every problem found */
export function loadProductionConfig(env: Environment = process.env): ProductionConfig {
  const config = load(env, "production");
  const { tenant, sessionSecrets } = config;
  if (tenant === null || sessionSecrets === null)
    throw new ConfigError(["Tenant or SESSION_SECRET is missing."]);
  return Object.freeze({ ...config, tenant, sessionSecrets });
}

/** For this machine: without a tenant the emulator takes its place. @throws ConfigError with every problem found */
export function loadLocalConfig(env: Environment = process.env): Config {
  return load(env, "local");
}

/** For the doctor: a tenant that may be an emulator's. @throws ConfigError with every problem found */
export function loadEmulatedConfig(env: Environment): Config {
  return load(env, "emulated");
}

/** For those who must look at single variables, however wrong the rest is. */
export function readEnvironment(): Environment {
  return process.env;
}

type Mode = "production" | "local" | "emulated";

function load(env: Environment, mode: Mode): Config {
  const problems: string[] = [];
  const read = (name: VariableName): string | undefined => env[name]?.trim() || undefined;
  const required = (name: VariableName, why: string): void => {
    if (read(name) === undefined) problems.push(`${name} is missing: ${why}`);
  };

  const port = readNumber(read("PORT") ?? "3000", "PORT", { max: 65535 }, problems);
  const emulatorPort = readNumber(read("EMULATOR_PORT") ?? "3001", "EMULATOR_PORT", { max: 65535 }, problems);
  const drainDefault = mode === "production" ? "5" : "0";
  const drainSeconds = readNumber(
    read("DRAIN_SECONDS") ?? drainDefault,
    "DRAIN_SECONDS",
    { max: 300 },
    problems,
  );
  const trustProxy = readNumber(read("TRUST_PROXY") ?? "0", "TRUST_PROXY", { max: 32 }, problems);

  const auditRetentionDays = readNumber(
    read("AUDIT_RETENTION_DAYS") ?? "400",
    "AUDIT_RETENTION_DAYS",
    { min: 1, max: 3650 },
    problems,
  );

  const tenant = readTenant(read, mode, problems);
  if (mode === "production") {
    required("ORIGIN", "write where people open the app, for example https://app.example.com.");
    required("SESSION_SECRET", "make one with `openssl rand -base64 32`.");
    if ((read("TRUST_PROXY") ?? "0") === "0" && read("ORIGIN")?.startsWith("https:")) {
      problems.push(
        "TRUST_PROXY is 0, but ORIGIN is https and this server speaks http: say how many proxies end TLS in front of it, usually 1. Without it no session cookie can be set.",
      );
    }
  }
  const sessionSecrets = readSecrets(read("SESSION_SECRET"), "SESSION_SECRET", problems);

  // Without an explicit origin the app is at home where it listens.
  const origin = readOrigin(read("ORIGIN") ?? `http://localhost:${port}`, problems);
  const rpId = read("RP_ID") ?? (origin === null ? "" : new URL(origin).hostname);
  const rpIdAdvice = rpId === "" ? null : adviceForRpId(rpId, origin === null ? [] : [origin]);
  if (rpIdAdvice !== null) problems.push(`RP_ID must be ${rpIdAdvice}.`);

  const moreOrigins = readMoreOrigins(read("MORE_ORIGINS") ?? "", origin, problems);
  const iosApps = readIosApps(read("IOS_APPS") ?? "", problems);
  const androidApps = readAndroidApps(read("ANDROID_APPS") ?? "", problems);
  const clientApiProxy = read("CLIENT_API_PROXY") ?? "off";
  if (clientApiProxy !== "on" && clientApiProxy !== "off")
    problems.push("CLIENT_API_PROXY must be on or off.");
  if (clientApiProxy === "on" && moreOrigins.length > 0) {
    problems.push(
      "CLIENT_API_PROXY is on, but pages of MORE_ORIGINS could not use it: it is on ORIGIN alone.",
    );
  }

  const databaseUrl = readUrl(read("DATABASE_URL"), "DATABASE_URL", ["postgres:", "postgresql:"], problems);
  const redisUrl = readUrl(read("REDIS_URL"), "REDIS_URL", ["redis:", "rediss:"], problems);

  const metricsPath = read("METRICS_PATH") ?? null;
  if (metricsPath !== null && !/^(\/[\w.-]+)+$/.test(metricsPath)) {
    problems.push("METRICS_PATH must be a path such as /internal/metrics.");
  }

  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({
    port,
    emulatorPort,
    dataDir: read("DATA_DIR") ?? ".data",
    tenant,
    origin: origin ?? "",
    rpId,
    moreOrigins,
    iosApps,
    androidApps,
    clientApiProxy: clientApiProxy === "on",
    sessionSecrets,
    trustProxy,
    databaseUrl,
    redisUrl,
    auditRetentionDays,
    drainSeconds,
    metricsPath,
  });
}
