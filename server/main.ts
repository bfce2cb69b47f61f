/** The production entry: needs a tenant, and never so much as imports the emulator. */
import { builtPages } from "./app.ts";
import { loadProductionConfig } from "./config.ts";
import { createLogger } from "./log.ts";
import { reportAndExit, serve } from "./serve.ts";

try {
  const config = loadProductionConfig();
  const log = createLogger();
  await serve({ config, tenant: config.tenant, log, pages: builtPages });
  log.info({ event: "started", origin: config.origin, port: config.port });
} catch (error) {
  reportAndExit(error);
}
