/**
 * THE SEAM: what `npm start` and `npm run dev` run. With a tenant configured it is the production start; without
 * one the emulator takes the tenant's place, and the only thing that differs is a URL.
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
/** Beside this entry once it is built: `dist/client/` and `dist/server/`. */
const builtFolder = fileURLToPath(new URL("../client/", import.meta.url));
const domain = values.https === true ? (values.domain ?? "localhost") : null;

try {
  const config = loadLocalConfig(atHome(readEnvironment(), domain));
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
    // Behind an emulator there is nothing that would keep a neighbour on the network out.
    ...(emulator === null ? {} : { host: "localhost" }),
    ...(certificate === null ? {} : { tls: certificate }),
    onClose: async () => emulator?.close(),
  });
  say(`App       ${config.origin}`);
  if (domain !== null && certificate !== null) sayHow(domain, certificate.file);
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

/** A domain of the real world on this machine: its origin, its RP ID, and Authsignal on the same origin. */
function atHome(env: Environment, home: string | null): Environment {
  if (home === null) return env;
  return {
    ...env,
    ORIGIN: `https://${home}:${env.PORT ?? "3000"}`,
    RP_ID: env.RP_ID ?? home,
    // A page of https may not ask an emulator that speaks http, in some browsers.
    CLIENT_API_PROXY: "on",
  };
}

function sayHow(home: string, file: string): void {
  if (home !== "localhost")
    say(`Hosts     this machine must find ${home}: add "127.0.0.1 ${home}" to /etc/hosts`);
  say(`TLS       have ${file} trusted: without that, browsers offer no passkeys`);
}

async function startEmulator(config: Config): Promise<{
  tenant: TenantConfig;
  url: string;
  close: () => Promise<void>;
}> {
  // Loaded only here and only now: it is large, and a tenant's user never needs it.
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
        // As a tenant should be set up: see authsignal/README.md.
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

/** For the person at the terminal; the log is JSON lines on the same stream. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
