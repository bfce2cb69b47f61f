/**
 * The entry of `npm start` and `npm run dev`. Uses the configured tenant; without one it starts the emulator and uses that
 * as the tenant. The rest of the app sees only another API URL.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { actions } from "../shared/actions.ts";
import { builtPages } from "./app/pages.ts";
import { serve } from "./app/serve.ts";
import { makeDataFolder, portError, reportAndExit, StartError } from "./app/start-error.ts";
import {
  type Config,
  type Environment,
  isForProduction,
  loadLocalConfig,
  readEnvironment,
  type TenantConfig,
} from "./config/config.ts";
import { readEnvFile } from "./config/env-file.ts";
import { createLogger } from "./http/log.ts";
import { noticeText } from "./notices/notice-words.ts";
import type { Notice } from "./passkeys/ports/notices.ts";
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
  const hasEnvFile = readEnvFile() !== null;
  const config = loadLocalConfig(withDomain(readEnvironment(), domain));
  makeDataFolder(config.dataDir);
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
    log: createLogger(undefined, config.logLevel),
    pages: (server) => developmentPages?.(server, domain) ?? builtPages(builtFolder),
    development,
    // The emulator accepts everyone, and this entry is for one developer: the network is let in by name only.
    host: emulator === null ? (config.listenAddress ?? "localhost") : "localhost",
    ...(certificate === null ? {} : { tls: certificate }),
    notify: async (notice) => sayNotice(notice),
    onClose: async () => emulator?.close(),
  });
  say(`App       ${config.origin}`);
  if (hasEnvFile) say("Settings  .env, and the environment, which counts first");
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
  if (isForProduction(readEnvironment()))
    throw new StartError(
      "Without a tenant `npm start` runs the emulator, and the emulator does not run with NODE_ENV=production. Unset NODE_ENV, or set AUTHSIGNAL_TENANT_ID, AUTHSIGNAL_API_SECRET_KEY and AUTHSIGNAL_API_URL.",
    );
  // Its files are for their owner alone, as app.sqlite is.
  const umask = process.umask(0o077);
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
      if (code !== undefined) sayCode(to, code);
    },
  })
    .catch((error: unknown) => {
      throw emulatorError(error, config);
    })
    .finally(() => process.umask(umask));
  const { tenantId, secret } = defaultTenant;
  return {
    tenant: { tenantId, apiSecretKey: secret, apiUrl: emulator.apiUrl },
    url: emulator.url,
    close: () => emulator.close(),
  };
}

/** The emulator says in a sentence what is wrong; this adds which variable to set. */
function emulatorError(error: unknown, { emulatorPort, dataDir }: Config): unknown {
  if (!(error instanceof Error) || error.name !== "Error") return error;
  const { cause } = error;
  if (cause instanceof Error && "code" in cause && cause.code === "SQLITE_BUSY")
    return new StartError(
      `The app runs already with the data in ${dataDir}. Stop it, or set DATA_DIR, PORT and EMULATOR_PORT to run a second one.`,
    );
  const ofPort = portError(cause ?? error, emulatorPort, "EMULATOR_PORT");
  return ofPort instanceof StartError ? ofPort : new StartError(error.message, { cause: error });
}

/** In the place of a mail, where no mail server is configured. */
function sayNotice(notice: Notice): void {
  const { text } = noticeText(notice, "demo", "UTC");
  say(`\n    Notice for ${notice.to}:\n\n${text.trimEnd().replaceAll(/^(?=.)/gm, "    ")}\n`);
}

/** Stands apart from the log's lines, which are on the same stream. */
function sayCode(to: string, code: string): void {
  const text = `Code for ${to}: ${code}`;
  say(`\n    ${process.stdout.isTTY ? `\u001b[1m${text}\u001b[22m` : text}\n`);
}

/** Prints a line for the developer; the log is JSON lines on the same stream. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
