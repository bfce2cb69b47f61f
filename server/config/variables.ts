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
  REDIS_URL: { default: "", meaning: "`redis://…`: sessions and limits in Redis." },
  SMTP_URL: {
    default: "",
    meaning:
      "`smtp://user:password@mail.example.com:587`: notices by mail, such as that a passkey was added. Without it none are sent; `npm start` prints them.",
  },
  MAIL_FROM: {
    default: "",
    meaning: "Sender of the notices: `Example <no-reply@example.com>`. Required with `SMTP_URL`.",
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

export function variablesIn(env: Environment, mode: Mode): Variables {
  return { mode, problems: [], read: (name) => env[name]?.trim() || undefined };
}
