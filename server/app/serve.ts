/** Starts the app from a configuration, and stops it on SIGTERM. The same with a tenant and with the emulator. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RequestHandler } from "express";
import { createSdkGateway } from "../authsignal/sdk-gateway.ts";
import type { Config, MetricsConfig, TenantConfig } from "../config/config.ts";
import { describeError } from "../http/describe-error.ts";
import type { Logger } from "../http/log.ts";
import { hasTelemetry, startTracing } from "../http/tracing.ts";
import { within } from "../http/within.ts";
import { createNotices, type KeptNotices } from "../notices/create-notices.ts";
import { createMailer } from "../notices/mailer.ts";
import type { NoticesOptions } from "../notices/notices-options.ts";
import { isWithin } from "../relying-party/addresses.ts";
import type { WellKnownOptions } from "../relying-party/well-known.ts";
import { sweepExpired } from "../storage/tables/sweep.ts";
import { type AppDeps, apiPath, clientApiPath, createApp } from "./app.ts";
import { createAuditTrail } from "./audit.ts";
import { openConfiguredStorage } from "./configured-storage.ts";
import { catchTheRest, surviveClosedOutput } from "./last-resort.ts";
import { boundConnections, listen, stopperOf } from "./listening.ts";
import type { Metrics } from "./metrics.ts";
import { makeDataFolder, reportAndExit } from "./start-error.ts";

const sweepEveryMs = 10 * 60 * 1000;
/** How long the storage may take to close, with what the last requests have left there. */
const closeMs = 5000;

export interface ServeOptions {
  readonly config: Config;
  /** The configured tenant, or the emulator's. */
  readonly tenant: TenantConfig;
  readonly log: Logger;
  readonly pages: (server: Server) => RequestHandler | Promise<RequestHandler>;
  readonly development?: boolean;
  /** The address to listen on. Default: the configured one, or all, because the proxy may run on another machine. */
  readonly host?: string;
  /** Tells people what was done with their account, where no mail server is configured. Default: nothing is told. */
  readonly notify?: NoticesOptions["notify"];
  /** Serves https. Only for `npm run dev:https`; otherwise a proxy ends TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Runs last on SIGTERM and SIGINT. */
  readonly onClose?: () => Promise<void>;
}

/**
 * Resolves when the app answers. On SIGTERM `/readyz` answers 503 and the app serves for another `drainSeconds`, so that a
 * load balancer can remove it; SIGINT skips that. Then it finishes the requests in flight and exits with 0. A second
 * signal ends the process at once.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { config, tenant, log } = options;
  surviveClosedOutput();
  // An SDK that `node --import` has registered. Without one nothing of OpenTelemetry is loaded.
  if (hasTelemetry()) await startTracing();
  if (config.databaseUrl === null) makeDataFolder(config.dataDir);
  const notify = config.mail === null ? options.notify : await createMailer(config.mail);
  const storage = await openConfiguredStorage(config, log, notify !== undefined);
  const sessionSecret = config.sessionSecrets ?? keptSecret(config.dataDir);
  const notices =
    notify === undefined ? null : openNotices({ storage, notify, log, sessionSecret, origin: config.origin });
  // The configuration has no tenant only where `npm start` embeds the emulator.
  const allowEmulator = config.tenant === null || config.stagingEmulator;
  const draining = new AbortController();
  const requestTimeoutMs = config.requestTimeoutSeconds * 1000;
  // Longer than the requests in flight may take, so that the stop cuts none.
  const graceMs = requestTimeoutMs + 1000;
  const host = options.host ?? config.listenAddress ?? undefined;
  const prometheus = config.metrics === null ? null : await openMetrics(config.metrics, graceMs);
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  boundConnections(server);
  // In development a restart must not wait for the page that is open.
  const stopListening = stopperOf(server, options.development === true ? 0 : graceMs);
  const app = createApp({
    authsignal: createSdkGateway({
      apiSecretKey: tenant.apiSecretKey,
      apiUrl: tenant.apiUrl,
      allowEmulator,
      ...(prometheus !== null && { onCall: prometheus.metrics.countCall }),
    }),
    storage,
    log,
    origin: config.origin,
    sessionSecret,
    notices,
    moreOrigins: config.moreOrigins,
    wellKnown: wellKnownOf(config),
    proxiedApiUrl: config.clientApiProxy ? tenant.apiUrl : null,
    allowEmulator,
    browser: {
      tenantId: tenant.tenantId,
      baseUrl: config.clientApiProxy ? `${config.origin}${clientApiPath}` : tenant.apiUrl,
      rpId: config.rpId,
    },
    pages: await options.pages(server),
    trustProxy: config.trustProxy,
    metrics: prometheus?.metrics ?? null,
    development: options.development ?? false,
    draining: draining.signal,
    policies: { limits: config.limits, requestTimeoutMs, afterCode: config.afterCode },
    sessionLife: {
      idleSeconds: config.sessionIdleMinutes * 60,
      absoluteSeconds: config.sessionMaxHours * 3600,
    },
  });
  server.on("request", (_req, res) => {
    // The client then opens a new connection, which a load balancer sends to another instance.
    if (draining.signal.aborted) res.setHeader("Connection", "close");
  });
  server.on("request", app);
  await listen(server, { port: config.port, host: host, variable: "PORT" });
  await prometheus?.start(host);
  // For example a connection that cannot be accepted because too many are open.
  server.on("error", (error) => log.error({ event: "server.failed", cause: describeError(error) }));

  const { auditRetentionDays } = config;
  const sweepOnce = () => sweepExpired(storage.traffic, new Date(), { auditRetentionDays });
  const sweep = (): void => {
    (prometheus?.metrics.countSweep(sweepOnce) ?? sweepOnce()).catch((error: unknown) =>
      log.error({ event: "sweep.failed", cause: describeError(error) }),
    );
  };
  sweep();
  const sweeper = setInterval(sweep, sweepEveryMs);
  sweeper.unref();

  const close = async (drainSeconds: number): Promise<void> => {
    draining.abort();
    await delay(drainSeconds * 1000);
    clearInterval(sweeper);
    await stopListening();
    await prometheus?.stop();
    await notices?.close();
    await within(closeMs, storage.close(), `The storage did not close within ${closeMs} ms.`).catch((error) =>
      log.error({ event: "storage.not_closed", cause: describeError(error) }),
    );
    await options.onClose?.();
  };
  const stop = (drainSeconds: number, exitCode: number): void => {
    process.off("SIGTERM", onTerminate).off("SIGINT", onInterrupt);
    if (draining.signal.aborted) return;
    log.info({
      event: "stopping",
      detail: "Answers the requests in flight. A second signal ends it at once.",
    });
    close(drainSeconds).then(() => process.exit(exitCode), reportAndExit);
  };
  const onTerminate = (): void => stop(config.drainSeconds, 0);
  const onInterrupt = (): void => stop(0, 0);
  process.on("SIGTERM", onTerminate).on("SIGINT", onInterrupt);
  catchTheRest(log, () => stop(0, 1));
}

/** Metrics and their page, on a port of its own. */
async function openMetrics(
  { port, path }: MetricsConfig,
  graceMs: number,
): Promise<{
  readonly metrics: Metrics;
  readonly start: (host: string | undefined) => Promise<void>;
  readonly stop: () => Promise<void>;
}> {
  const { createMetrics, createMetricsApp } = await import("./metrics.ts");
  const metrics = await createMetrics(apiPath);
  const server = createServer(createMetricsApp(metrics, path));
  const stop = stopperOf(server, graceMs);
  return { metrics, start: (host) => listen(server, { port, host, variable: "METRICS_PORT" }), stop };
}

interface NoticeNeeds extends Pick<AppDeps, "storage" | "log" | "origin" | "sessionSecret"> {
  readonly notify: NoticesOptions["notify"];
}

/** What becomes of a notice is logged, and kept in the audit trail. */
function openNotices({ storage, notify, log, sessionSecret: secret, origin }: NoticeNeeds): KeptNotices {
  const onEvent = createAuditTrail(storage.traffic, log, () => new Date());
  return createNotices({ storage, notify, onEvent, link: { url: `${origin}${apiPath}/not-me`, secret } });
}

function wellKnownOf({ origin, moreOrigins, rpId, iosApps, androidApps }: Config): WellKnownOptions {
  const account = `${origin}/account`;
  return {
    iosApps,
    androidApps,
    relatedOrigins: [origin, ...moreOrigins].filter((one) => !isWithin(new URL(one).hostname, rpId)),
    passkeyEndpoints: origin.startsWith("https:")
      ? { enroll: `${account}#add-passkey`, manage: account }
      : null,
  };
}

/** Local only: makes a session secret once and keeps it in a file, so that sessions survive a restart. */
function keptSecret(dataDir: string): string {
  const file = join(dataDir, "session-secret");
  makeDataFolder(dataDir);
  // A full disk or a power cut leaves an empty one, which every later start would read.
  if (existsSync(file) && statSync(file).size === 0) rmSync(file);
  try {
    writeFileSync(file, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFileSync(file, "utf8");
}
