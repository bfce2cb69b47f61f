/** Assembles the Express app from its parts. Reads no environment and opens no connection. */
import express, { type Express, type RequestHandler } from "express";
import { createClientApiProxy } from "../authsignal/client-api-proxy.ts";
import { createErrorHandler, notFound } from "../http/error-handler.ts";
import type { Logger } from "../http/log.ts";
import { createProblemPages } from "../http/problem-pages/problem-pages.ts";
import { proxyTrust, type TrustedProxies } from "../http/proxy-trust.ts";
import { boundRequests, defaultRequestMs } from "../http/request-deadline.ts";
import {
  createPasskeysRouter,
  createWebhookRouter,
  type PasskeysOptions,
  type PasskeysPolicies,
} from "../passkeys/index.ts";
import type { AuthsignalGateway } from "../passkeys/ports/authsignal.ts";
import type { Notices } from "../passkeys/ports/notices.ts";
import { isLoopback } from "../relying-party/addresses.ts";
import { createWellKnown, type WellKnownOptions } from "../relying-party/well-known.ts";
import { createCookieSessions } from "../sessions/cookie-sessions.ts";
import { createKnownBrowserCookie } from "../sessions/known-browser-cookie.ts";
import type { Storage } from "../storage/storage.ts";
import { createSqlUsers } from "../storage/stores/sql-users.ts";
import { createAuditTrail } from "./audit.ts";
import type { Metrics } from "./metrics.ts";
import { traceRequests } from "./monitoring/request-tracing.ts";
import { warnOfPlainRequests } from "./proxy-check.ts";
import { createReadiness } from "./readiness.ts";
import { requestContext } from "./request-context.ts";
import { securityHeaders } from "./security-headers.ts";

export interface AppDeps {
  readonly authsignal: AuthsignalGateway;
  readonly storage: Storage;
  readonly log: Logger;
  /** Where people open the app, as `https://app.example.com`. */
  readonly origin: string;
  /** Further origins of the app. Default none. */
  readonly moreOrigins?: readonly string[];
  /** The files under `/.well-known/`. Default none. */
  readonly wellKnown?: WellKnownOptions;
  /** Authsignal's API base that `clientApiPath` forwards to. Default: browsers send requests to Authsignal. */
  readonly proxiedApiUrl?: string | null;
  /** Whether `proxiedApiUrl` may be an emulator's. Default false. */
  readonly allowEmulator?: boolean;
  /** Several for a rotation: the first signs, all verify. */
  readonly sessionSecret: string | readonly string[];
  /** For the browser SDK. `baseUrl` ends in `/v1`. */
  readonly browser: PasskeysOptions["browser"];
  /** Serves the pages: the built SPA, or Vite in development. */
  readonly pages: RequestHandler;
  /** How many reverse proxies stand in front, or their addresses and subnets. Default 0. */
  readonly trustProxy?: TrustedProxies;
  /** Relaxes the CSP for Vite's development client. Default false. */
  readonly development?: boolean;
  /** Prometheus metrics. Their page is not part of the app: it has a port of its own. Default none. */
  readonly metrics?: Metrics | null;
  /** Aborts when the app begins to stop; then `/readyz` answers 503. Default: never. */
  readonly draining?: AbortSignal;
  /** The router's policies: limits, step-up actions, freshness. Default: the router's own. */
  readonly policies?: PasskeysPolicies;
  /** Tells people what was done with their account. Default: nothing is told. */
  readonly notices?: Notices | null;
  /** When sessions end, as `createCookieSessions` takes it. Default: its own. */
  readonly sessionLife?: { readonly idleSeconds: number; readonly absoluteSeconds: number };
  /** Default: the system clock. */
  readonly now?: () => Date;
}

/** Where the passkeys router is mounted. */
export const apiPath = "/api";

/** Where Authsignal sends its webhooks. */
export const webhookPath = "/authsignal/webhooks";

/** Path of the proxy of Authsignal's Client API. */
export const clientApiPath = "/authsignal/v1";

export function createApp(deps: AppDeps): Express {
  const { storage, log, origin, metrics = null, now = () => new Date() } = deps;
  const limiter = metrics?.countRefusals(storage.limiter) ?? storage.limiter;
  const origins = [origin, ...(deps.moreOrigins ?? [])];
  const https = origin.startsWith("https:");
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    index: storage.sessionIndex,
    secret: deps.sessionSecret,
    secure: https,
    now,
    ...deps.sessionLife,
  });
  const record = createAuditTrail(storage.traffic, log, now);

  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", proxyTrust(deps.trustProxy ?? 0));
  app.use(traceRequests(apiPath));
  app.use(requestContext(log, apiPath));
  // Before the sessions, whose store may be slow.
  app.use(boundRequests(deps.policies?.requestTimeoutMs ?? defaultRequestMs));
  if (https) app.use(warnOfPlainRequests(log));
  if (metrics !== null) {
    metrics.watch({ storage, authsignal: deps.authsignal });
    app.use(metrics.middleware);
  }
  app.use(
    securityHeaders({
      authsignalOrigin: new URL(deps.browser.baseUrl).origin,
      // Browsers keep it for a name and all its ports: it would close other projects' http://localhost.
      https: https && !isLoopback(new URL(origin).hostname),
      development: deps.development ?? false,
    }),
  );
  app.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  app.get(
    "/readyz",
    createReadiness({
      storage,
      authsignal: deps.authsignal,
      log,
      draining: deps.draining,
      hasAnswered: true,
    }),
  );
  app.use(createProblemPages());
  if (deps.wellKnown !== undefined) app.use(createWellKnown(deps.wellKnown));
  // Password managers ask with `Accept: */*`, and would take the SPA's page for the file.
  app.use("/.well-known", notFound);
  if (typeof deps.proxiedApiUrl === "string")
    app.use(
      clientApiPath,
      createClientApiProxy({
        apiUrl: deps.proxiedApiUrl,
        tenantId: deps.browser.tenantId,
        origins,
        limiter,
        allowEmulator: deps.allowEmulator ?? false,
      }),
    );
  const options: PasskeysOptions = {
    authsignal: deps.authsignal,
    users: createSqlUsers(storage.accounts, now),
    sessions,
    storage: { ...storage, limiter },
    browser: deps.browser,
    origins,
    knownBrowsers: createKnownBrowserCookie({ store: storage.knownBrowsers, secure: https, now }),
    onEvent: (event) => {
      record(event);
      metrics?.count(event);
    },
    now,
    activity: storage.events,
    onReport: (report) => metrics?.countReport(report),
    ...(deps.notices ? { notices: deps.notices } : {}),
    ...deps.policies,
  };
  app.use(webhookPath, createWebhookRouter(options));
  app.use(apiPath, sessions.middleware);
  app.use(apiPath, createPasskeysRouter(options));
  app.use(apiPath, notFound);
  app.use(deps.pages);
  app.use(notFound);
  app.use(createErrorHandler(log));
  return app;
}
