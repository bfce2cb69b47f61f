import { readFileSync } from "node:fs";

/** The variables of the environment: what each means and its default. README's table is checked against this. */
export const environmentVariables = {
  PORT: { default: "3000", meaning: "Port of the app." },
  LISTEN_ADDRESS: {
    default: "all, locally localhost",
    meaning:
      "Address of this machine that the app and the metrics listen on. `127.0.0.1` when the proxy runs here: who reaches the port past the proxy chooses their own network address. The emulator is always on localhost.",
  },
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
  DATABASE_SCHEMA: {
    default: "",
    meaning: "Schema of PostgreSQL that the tables are in. Without it they are where the search path leads.",
  },
  TABLE_PREFIX: { default: "passkeys_", meaning: "Begins the name of every table and index." },
  MIGRATE: {
    default: "on",
    meaning:
      "`off`: the start makes no tables, and stops unless `authsignal-passkeys migrate` has brought them up to date.",
  },
  REDIS_URL: {
    default: "",
    meaning:
      "`redis://…`, `redis-sentinel://…?master=…` or `redis-cluster://…`: sessions and limits in Redis.",
  },
  SMTP_URL: {
    default: "",
    meaning:
      "`smtp://user:password@mail.example.com:587`: notices by mail, such as that a passkey was added. Without it none are sent; `npm start` prints them.",
  },
  MAIL_FROM: {
    default: "",
    meaning: "Sender of the notices: `Example <no-reply@example.com>`. Required with `SMTP_URL`.",
  },
  AFTER_CODE: {
    default: "full",
    meaning:
      "`limited`: where an account has a passkey, an e-mail code opens a session that may look and begin recovery, and no more. `full`: a code opens everything.",
  },
  METRICS_PORT: {
    default: "",
    meaning:
      "Port of the Prometheus metrics, apart from the app's: a proxy in front of the app cannot publish them.",
  },
  METRICS_PATH: { default: "/metrics", meaning: "Path of the metrics on `METRICS_PORT`." },
  AUDIT_RETENTION_DAYS: {
    default: "400",
    meaning: "How long security events are kept in the database, 1 to 3650 days.",
  },
  REQUEST_TIMEOUT_SECONDS: {
    default: "10",
    meaning:
      "How long a request may take before it is a 503, with all its calls to Authsignal and queries: 1 to 11, because the pages give up after 12. Proxies in front must wait longer.",
  },
  LIMITS: {
    default: "",
    meaning:
      "Limits that differ from their defaults, with commas: `sendsInAll=5000/1h, sendsPerIp=200/15m`. Names and defaults: `server/passkeys/ports/send-limits.ts`; the start prints all.",
  },
  SESSION_IDLE_MINUTES: { default: "30", meaning: "Minutes without a request after which a session ends." },
  SESSION_MAX_HOURS: {
    default: "12",
    meaning: "Hours after sign-in at which a session ends, even in use.",
  },
  DATABASE_CONNECTIONS: {
    default: "10",
    meaning: "How many connections to PostgreSQL an instance opens at most, 2 to 1000.",
  },
  LOG_LEVEL: {
    default: "info",
    meaning: "`warn` or `error` to log less. Requests and security events are `info`.",
  },
  STAGING_EMULATOR: {
    default: "off",
    meaning:
      "`on`, for staging only: the production entry uses an emulator in the place of a tenant, so that several instances can. It shows every code to everybody who reaches it. Refused with `NODE_ENV=production`.",
  },
  DRAIN_SECONDS: {
    default: "5, locally 0",
    meaning:
      "Seconds after SIGTERM that the app still serves, with `/readyz` at 503: time for a balancer to see it.",
  },
  TRUST_PROXY: {
    default: "0",
    meaning:
      "How many reverse proxies stand in front of the app; or their addresses and subnets, with commas: `10.0.0.0/8, loopback`.",
  },
  AUTHSIGNAL_API_SECRET_KEY_FILE: fileOf("AUTHSIGNAL_API_SECRET_KEY"),
  SESSION_SECRET_FILE: fileOf("SESSION_SECRET"),
  DATABASE_URL_FILE: fileOf("DATABASE_URL"),
  REDIS_URL_FILE: fileOf("REDIS_URL"),
  SMTP_URL_FILE: fileOf("SMTP_URL"),
} as const;

export type VariableName = keyof typeof environmentVariables;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Who reads the configuration: the production entry, `npm start`, or the doctor, for an app with an emulator or for a host's
 * own app.
 */
export type Mode = "production" | "local" | "emulated" | "examined";

/** The environment while it is read. Every step adds what is wrong to `problems`; none stops at the first. */
export interface Variables {
  readonly mode: Mode;
  /** @returns the value without the space around it, or undefined when nothing is left */
  read(name: VariableName): string | undefined;
  readonly problems: string[];
}

/**
 * Space around it is no difference, as in every other variable: a file with CRLF ends it in one. Neither are its case, and
 * quotes, which an env file of Docker keeps.
 */
export function isForProduction({ NODE_ENV = "" }: Environment): boolean {
  return /^(["']?)production\1$/i.test(NODE_ENV.trim());
}

export function variablesIn(env: Environment, mode: Mode): Variables {
  const problems: string[] = [];
  const inFiles = readSecretFiles(env, problems);
  return { mode, problems, read: (name) => env[name]?.trim() || inFiles.get(name) };
}

/** Variables that hold a secret. Each may be in a file instead, which `<name>_FILE` names. */
const secretNames = [
  "AUTHSIGNAL_API_SECRET_KEY",
  "SESSION_SECRET",
  "DATABASE_URL",
  "REDIS_URL",
  "SMTP_URL",
] as const satisfies readonly VariableName[];

function fileOf(name: string): { readonly default: string; readonly meaning: string } {
  return { default: "", meaning: `File that holds \`${name}\`, in its place, such as a mounted secret.` };
}

function readSecretFiles(env: Environment, problems: string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const name of secretNames) {
    const file = env[`${name}_FILE`]?.trim() ?? "";
    if (file === "") continue;
    if ((env[name]?.trim() ?? "") !== "")
      problems.push(`${name} and ${name}_FILE are both set: leave one out.`);
    else {
      const { text, fault } = readText(file);
      if (fault !== null) problems.push(`${name}_FILE ${fault}.`);
      // Also an unusable one, so that the variable is not called missing as well.
      values.set(name, text);
    }
  }
  return values;
}

function readText(file: string): { readonly text: string; readonly fault: string | null } {
  try {
    const text = readFileSync(file, "utf8").trim();
    return { text, fault: text === "" ? "names an empty file" : null };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    return { text: "", fault: `cannot be read${code}: it must be a file that this user may read` };
  }
}
