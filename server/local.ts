/**
 * THE SEAM: what `npm start` and `npm run dev` run. With a tenant configured it is the production start; without
 * one the emulator takes the tenant's place, and the only thing that differs is a URL.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { builtPages } from "./app.ts";
import { type Config, loadLocalConfig, type TenantConfig } from "./config.ts";
import { createLogger } from "./log.ts";
import { reportAndExit, serve } from "./serve.ts";

const development = process.argv.includes("--dev");

try {
  const config = loadLocalConfig();
  const emulator = config.tenant === null ? await startEmulator(config) : null;
  const tenant = config.tenant ?? emulator?.tenant;
  if (tenant === undefined) throw new Error("There is neither a tenant nor an emulator.");
  const pages = development ? (await import("./development-pages.ts")).developmentPages : builtPages;
  await serve({
    config,
    tenant,
    log: createLogger(),
    pages,
    development,
    onClose: async () => emulator?.close(),
  });
  say(`App       ${config.origin}`);
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
        expectedOrigins: [config.origin],
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
