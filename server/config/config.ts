/** Loads the configuration from the environment. Reports every problem at once. No other file reads the environment. */

import type { TrustedProxies } from "../http/proxy-trust.ts";
import type { AndroidApp } from "../relying-party/native-apps.ts";
import { type Budgets, readBudgets } from "./config-budgets.ts";
import { readSite } from "./config-site.ts";
import { readTenant, type TenantConfig } from "./config-tenant.ts";
import {
  type MailConfig,
  type MetricsConfig,
  readMail,
  readSecrets,
  readServing,
  readStores,
  requireForProduction,
  requireOrigin,
} from "./config-values.ts";
import {
  type Environment,
  environmentVariables,
  isForProduction,
  type Mode,
  variablesIn,
} from "./variables.ts";

export type { MetricsConfig, TenantConfig };
export { type Environment, environmentVariables, isForProduction };

export interface Config extends Budgets {
  readonly port: number;
  readonly emulatorPort: number;
  readonly dataDir: string;
  /** Null only locally: then the emulator is started. */
  readonly tenant: TenantConfig | null;
  /** Whether the production entry uses an emulator as its tenant. */
  readonly stagingEmulator: boolean;
  readonly origin: string;
  readonly rpId: string;
  /** Further origins of the app: sub-domains, or other domains that share the RP ID. */
  readonly moreOrigins: readonly string[];
  /** Native apps that share the passkeys. */
  readonly iosApps: readonly string[];
  readonly androidApps: readonly AndroidApp[];
  /** Whether browsers send Client API requests through this server. */
  readonly clientApiProxy: boolean;
  /** The first signs, all verify. Null only locally: then one is created and kept in `dataDir`. */
  readonly sessionSecrets: readonly string[] | null;
  /** The number of proxies in front, or their addresses and subnets. */
  readonly trustProxy: TrustedProxies;
  /** PostgreSQL instead of the SQLite file. */
  readonly databaseUrl: string | null;
  /** The schema of PostgreSQL that the tables are in. Null: where the search path leads. */
  readonly databaseSchema: string | null;
  /** Begins the name of every table. */
  readonly tablePrefix: string;
  /** Whether the start makes the tables and brings them up to date. */
  readonly migrate: boolean;
  /** Sessions and limits in Redis. */
  readonly redisUrl: string | null;
  /** The mail server of notices and their sender. Null: no mail is sent. */
  readonly mail: MailConfig | null;
  /** After how many days a security event is deleted. */
  readonly auditRetentionDays: number;
  /** How many seconds the app still serves after SIGTERM, with `/readyz` at 503. */
  readonly drainSeconds: number;
  /** The address to listen on. Null: all of this machine's in production, localhost locally. */
  readonly listenAddress: string | null;
  /** Port and path of the Prometheus metrics, or null for none. */
  readonly metrics: MetricsConfig | null;
}

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

/** For `npm start`: the tenant may be missing, then the emulator is used. @throws ConfigError with every problem found */
export function loadLocalConfig(env: Environment = process.env): Config {
  return load(env, "local");
}

/**
 * For the doctor.
 * @param isEmulated whether the tenant may be an emulator's
 * @param isProductionEntry whether the app is this repository's, which needs a SESSION_SECRET and trusts TRUST_PROXY
 * @throws ConfigError with every problem found
 */
export function loadDoctorConfig(
  env: Environment,
  { isEmulated, isProductionEntry }: { readonly isEmulated: boolean; readonly isProductionEntry: boolean },
): Config {
  if (isEmulated) return load(env, "emulated");
  return load(env, isProductionEntry ? "production" : "examined");
}

/** For a look at single variables when the configuration has problems. */
export function readEnvironment(): Environment {
  return process.env;
}

function load(env: Environment, mode: Mode): Config {
  const variables = variablesIn(env, mode);
  const serving = readServing(variables);
  const config = {
    ...serving,
    ...readTenant(variables, isForProduction(env)),
    ...readSite(variables, serving.port),
    ...readStores(variables),
    mail: readMail(variables),
    ...readBudgets(variables),
    sessionSecrets: readSecrets(variables),
  };
  if (mode === "production") requireForProduction(variables);
  if (mode === "examined") requireOrigin(variables);
  if (variables.problems.length > 0) throw new ConfigError(variables.problems);
  return Object.freeze(config);
}
