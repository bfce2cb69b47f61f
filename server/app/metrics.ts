/** Collects Prometheus metrics with prom-client, which is loaded only here. No label contains a user, a path or an address. */
import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";
import type { CeremonyReport } from "../../shared/contract.ts";
import { asMissing } from "../http/optional-package.ts";
import type { SecurityEvent } from "../passkeys/index.ts";
import type { AuthsignalGateway, AuthsignalState } from "../passkeys/ports/authsignal.ts";
import type { Storage } from "../storage/storage.ts";
import type { ServiceMetrics } from "./monitoring/service-counts.ts";
import { createServiceMetrics, watchLoad } from "./monitoring/service-metrics.ts";
import { onRequestEnd } from "./request-end.ts";

export interface Metrics extends ServiceMetrics {
  /** Times every request. */
  readonly middleware: RequestHandler;
  /** Counts a security event. */
  readonly count: (event: SecurityEvent) => void;
  /** Counts a report of a page, as the router's `onReport`. */
  readonly countReport: (report: CeremonyReport) => void;
  /** Adds gauges for storage, its connections and Authsignal; their state is read whenever the page is. */
  readonly watch: (needs: {
    readonly storage: Pick<Storage, "ping"> & Partial<Pick<Storage, "load">>;
    readonly authsignal: Pick<AuthsignalGateway, "state">;
  }) => void;
  /** Serves the page that Prometheus scrapes. */
  readonly page: RequestHandler;
}

/** Serves the page and nothing else, for a port of its own. `path` counts with its case and without a slash at the end. */
export function createMetricsApp(metrics: Pick<Metrics, "page">, path: string): Express {
  const app = express();
  app.disable("x-powered-by").enable("case sensitive routing").enable("strict routing");
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      referrerPolicy: { policy: "no-referrer" },
      strictTransportSecurity: false,
      xFrameOptions: { action: "deny" },
    }),
  );
  app.use((_req, res, next) => {
    res.set("Cache-Control", "no-store");
    next();
  });
  app.get(path, metrics.page);
  app.use((_req, res) => void res.status(404).end());
  return app;
}

const states = ["ok", "unavailable", "unknown"] as const satisfies readonly AuthsignalState[];

/**
 * @param apiPath where the passkeys router is mounted. Default `/api`
 * @throws MissingPackageError when prom-client is not installed
 */
export async function createMetrics(apiPath = "/api"): Promise<Metrics> {
  const client = await loadClient();
  const { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } = client;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time to answer, by route pattern. Status abandoned: the client closed the connection first.",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const inFlight = new Gauge({
    name: "http_requests_in_flight",
    help: "Requests that have no answer yet.",
    registers: [registry],
  });
  const problems = new Counter({
    name: "http_problems_total",
    help: "Requests that were answered with a problem, by route pattern and problem code.",
    labelNames: ["route", "code"],
    registers: [registry],
  });
  const events = new Counter({
    name: "passkeys_security_events_total",
    help: "Security events, by name.",
    labelNames: ["event"],
    registers: [registry],
  });
  const reports = new Counter({
    name: "passkeys_ceremonies_total",
    help: "What pages report: offers shown, accepted and declined, ceremonies, and codes in their place.",
    labelNames: ["flow", "outcome", "error"],
    registers: [registry],
  });
  const durations = new Histogram({
    name: "passkeys_ceremony_seconds",
    help: "Time that people needed, as pages report it.",
    labelNames: ["flow", "outcome"],
    buckets: [0.5, 1, 2, 5, 10, 20, 60, 120, 300],
    registers: [registry],
  });
  return {
    countReport: ({ flow, outcome, error, milliseconds }) => {
      reports.inc({ flow, outcome, error: error ?? "none" });
      if (milliseconds !== undefined) durations.observe({ flow, outcome }, milliseconds / 1000);
    },
    ...createServiceMetrics(client, registry),
    middleware: (req, res, next) => {
      inFlight.inc();
      onRequestEnd(req, res, apiPath, ({ method, route, status, code, seconds }) => {
        inFlight.dec();
        if (code !== null) problems.inc({ route: route ?? "unmatched", code });
        requests.observe({ method, route: route ?? "unmatched", status: status ?? "abandoned" }, seconds);
      });
      next();
    },
    count: ({ event }) => events.inc({ event }),
    watch: ({ storage, authsignal }) => {
      if (storage.load !== undefined) watchLoad(client, registry, storage.load);
      new Gauge({
        name: "authsignal_state",
        help: "1 for Authsignal's state by this instance's last calls; unknown: the next call shows it.",
        labelNames: ["state"],
        registers: [registry],
        collect() {
          for (const state of states) this.set({ state }, state === authsignal.state() ? 1 : 0);
        },
      });
      new Gauge({
        name: "storage_available",
        help: "1 while the storage answers and can be written to.",
        registers: [registry],
        async collect() {
          const isOk = await storage.ping().then(
            () => true,
            () => false,
          );
          this.set(isOk ? 1 : 0);
        },
      });
    },
    page: async (_req, res) => {
      res.type(registry.contentType).send(await registry.metrics());
    },
  };
}

async function loadClient() {
  try {
    return await import("prom-client");
  } catch (error) {
    throw asMissing(error, "createMetrics", "prom-client");
  }
}
