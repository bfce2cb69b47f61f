/**
 * The entry of `npm start` and `npm run dev`. Uses the configured tenant; without one it starts the emulator and uses that
 * as the tenant. The rest of the app sees only another API URL.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { actions } from "../shared/actions.ts";
import { builtPages } from "./app/pages.ts";
import { reportAndExit, serve } from "./app/serve.ts";
import {
  type Config,
  type Environment,
  loadLocalConfig,
  readEnvironment,
  type TenantConfig,
} from "./config/config.ts";
import { createLogger } from "./http/log.ts";
import { androidOrigin } from "./relying-party/native-apps.ts";

const { values } = parseArgs({
  options: {
    dev: { type: "boolean", default: false },
    https: { type: "boolean" },
    domain: { type: "string" },
  },
});
const development = values.dev;
/** Relative to the built entry: `dist/client/` beside `dist/server/`. */
const builtFolder = fileURLToPath(new URL("../client/", import.meta.url));
const domain = values.https === true ? (values.domain ?? "localhost") : null;

try {
  const config = loadLocalConfig(withDomain(readEnvironment(), domain));
  const emulator = config.tenant === null ? await startEmulator(config) : null;
  const tenant = config.tenant ?? emulator?.tenant;
  if (tenant === undefined) throw new Error("There is neither a tenant nor an emulator.");
  const certificate =
    domain === null
      ? null
      : await (await import("./app/dev-certificate.ts")).devCertificate(config.dataDir, domain);
  const { developmentPages } = development
    ? await import("./app/development-pages.ts")
    : { developmentPages: null };
  await serve({
    config,
    tenant,
    log: createLogger(),
    pages: (server) => developmentPages?.(server, domain) ?? builtPages(builtFolder),
    development,
    // The emulator accepts everyone, and this entry is for one developer: the network is let in by name only.
    host: emulator === null ? (config.listenAddress ?? "localhost") : "localhost",
    ...(certificate === null ? {} : { tls: certificate }),
    onClose: async () => emulator?.close(),
  });
  say(`App       ${config.origin}`);
  if (domain !== null && certificate !== null) saySetUp(domain, certificate.file);
  if (emulator === null) say(`Authsignal ${tenant.apiUrl}`);
  else {
    say(`Emulator  ${emulator.url}  (one-time codes appear there and here)`);
    say(
      "This is a local emulator of Authsignal, not the service: for a real tenant set AUTHSIGNAL_TENANT_ID, AUTHSIGNAL_API_SECRET_KEY and AUTHSIGNAL_API_URL.",
    );
  }
} catch (error) {
  reportAndExit(error);
}

/** The settings for a production domain on this machine: origin, RP ID, and the Client API on the same origin. */
function withDomain(env: Environment, domain: string | null): Environment {
  if (domain === null) return env;
  return {
    ...env,
    ORIGIN: `https://${domain}:${env.PORT ?? "3000"}`,
    RP_ID: env.RP_ID ?? domain,
    // Some browsers block requests of an https page to the emulator, which serves http.
    CLIENT_API_PROXY: "on",
  };
}

function saySetUp(domain: string, file: string): void {
  if (domain !== "localhost")
    say(`Hosts     this machine must resolve ${domain}: add "127.0.0.1 ${domain}" to /etc/hosts`);
  say(`TLS       make the system trust ${file}: otherwise browsers offer no passkeys`);
}

async function startEmulator(config: Config): Promise<{
  tenant: TenantConfig;
  url: string;
  close: () => Promise<void>;
}> {
  // Imported only when needed: it is large.
  const { defaultTenant, startEmulator: start } = await import("./emulator/index.ts");
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const emulator = await start({
    port: config.emulatorPort,
    data: join(config.dataDir, "emulator.sqlite"),
    tenants: [
      {
        tenantId: defaultTenant.tenantId,
        secrets: [defaultTenant.secret],
        rpId: config.rpId,
        expectedOrigins: [config.origin, ...config.moreOrigins, ...config.androidApps.map(androidOrigin)],
        // The recommended settings of a tenant: authsignal/README.md, step 4.
        actions: {
          [actions.enrollPasskey]: { verificationMethods: ["PASSKEY"] },
          [actions.managePasskeys]: { verificationMethods: ["PASSKEY"] },
        },
      },
    ],
    onMessage: ({ to, code }) => {
      if (code !== undefined) say(`Code for ${to}: ${code}`);
    },
  });
  const { tenantId, secret } = defaultTenant;
  return {
    tenant: { tenantId, apiSecretKey: secret, apiUrl: emulator.apiUrl },
    url: emulator.url,
    close: () => emulator.close(),
  };
}

/** Prints a line for the developer; the log is JSON lines on the same stream. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
