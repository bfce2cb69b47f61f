/** The production entry: requires a tenant, and does not import the emulator. */
import { fileURLToPath } from "node:url";
import { builtPages } from "./app/pages.ts";
import { serve } from "./app/serve.ts";

import { reportAndExit } from "./app/start-error.ts";
import { loadProductionConfig } from "./config/config.ts";
import { settingsOf } from "./config/settings.ts";
import { createLogger } from "./http/log.ts";

/** Relative to the built entry: `dist/client/` beside `dist/server/`. */
const builtFolder = fileURLToPath(new URL("../client/", import.meta.url));

try {
  const config = loadProductionConfig();
  const log = createLogger(undefined, config.logLevel);
  if (config.stagingEmulator)
    log.warn({
      event: "staging",
      detail: "An emulator is the tenant: it shows every code to all who reach it.",
    });
  await serve({ config, tenant: config.tenant, log, pages: () => builtPages(builtFolder) });
  log.info({ event: "settings", ...settingsOf(config) });
  log.info({ event: "started", origin: config.origin, port: config.port });
} catch (error) {
  reportAndExit(error);
}
