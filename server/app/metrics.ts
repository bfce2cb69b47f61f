/** Prometheus metrics. No label carries a person, a path or an address. Loaded only with METRICS_PATH. */
import type { RequestHandler } from "express";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { SecurityEvent } from "../passkeys/index.ts";

export interface Metrics {
  /** Times every request. */
  readonly middleware: RequestHandler;
  /** Counts a security fact. */
  readonly count: (event: SecurityEvent) => void;
  /** Serves the page that Prometheus reads. */
  readonly page: RequestHandler;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time to answer, by route pattern.",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const events = new Counter({
    name: "passkeys_security_events_total",
    help: "Security facts, by name.",
    labelNames: ["event"],
    registers: [registry],
  });
  return {
    middleware: (req, res, next) => {
      const stop = requests.startTimer();
      res.on("finish", () => {
        const route = req.route === undefined ? "unmatched" : `${req.baseUrl}${String(req.route.path)}`;
        stop({ method: req.method, route, status: res.statusCode });
      });
      next();
    },
    count: ({ event }) => events.inc({ event }),
    page: async (_req, res) => {
      res.type(registry.contentType).send(await registry.metrics());
    },
  };
}
