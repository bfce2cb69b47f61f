/** The metrics of what the app depends on: Authsignal's calls, limits, connections and sweeps. */
import type { Registry } from "prom-client";
import { completedCodes } from "../../passkeys/flows/codes/code-limits.ts";
import type { StorageLoad } from "../../storage/storage.ts";
import type { ServiceMetrics } from "./service-counts.ts";

type PromClient = Pick<typeof import("prom-client"), "Counter" | "Gauge" | "Histogram">;

export function createServiceMetrics(client: PromClient, registry: Registry): ServiceMetrics {
  const registers = [registry];
  const calls = new client.Histogram({
    name: "authsignal_call_duration_seconds",
    help: "Time of a call to Authsignal, by the SDK's operation and its outcome.",
    labelNames: ["operation", "outcome"],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const refusals = new client.Counter({
    name: "passkeys_limit_refusals_total",
    help: "What a limit has refused or withheld, by its rule.",
    labelNames: ["rule"],
    registers,
  });
  return {
    countCall: ({ operation, outcome, seconds }) => calls.observe({ operation, outcome }, seconds),
    countRefusals: (limiter) => (rule) => {
      // A mark, and no limit.
      if (rule.name === completedCodes.name) return limiter(rule);
      const counted = (seconds: number): number => {
        if (seconds > 0) refusals.inc({ rule: rule.name });
        return seconds;
      };
      refusals.inc({ rule: rule.name }, 0);
      const own = limiter(rule);
      return {
        spend: async (key) => counted(await own.spend(key)),
        blockedFor: async (key) => counted(await own.blockedFor(key)),
        giveBack: (key) => own.giveBack(key),
        reset: (key) => own.reset(key),
      };
    },
    countSweep: sweepMetrics(client, registry),
  };
}

function sweepMetrics(client: PromClient, registry: Registry): ServiceMetrics["countSweep"] {
  const registers = [registry];
  const durations = new client.Histogram({
    name: "passkeys_sweep_duration_seconds",
    help: "Time of a sweep, which deletes what has expired.",
    labelNames: ["outcome"],
    buckets: [0.1, 1, 10, 60, 600],
    registers,
  });
  const rows = new client.Counter({
    name: "passkeys_sweep_rows_total",
    help: "Rows that sweeps have deleted, by table.",
    labelNames: ["table"],
    registers,
  });
  const last = new client.Gauge({
    name: "passkeys_sweep_last_success_timestamp_seconds",
    help: "When a sweep of this instance last ended well, in Unix time.",
    registers,
  });
  return async (sweep) => {
    const before = performance.now();
    const over = (outcome: "ok" | "failed"): void =>
      durations.observe({ outcome }, (performance.now() - before) / 1000);
    try {
      const swept = await sweep();
      for (const [table, count] of Object.entries(swept)) rows.inc({ table }, count);
      last.setToCurrentTime();
      over("ok");
      return swept;
    } catch (error) {
      over("failed");
      throw error;
    }
  };
}

/** Gauges of the storage's connections, read whenever the page is. */
export function watchLoad(client: PromClient, registry: Registry, load: () => StorageLoad): void {
  new client.Gauge({
    name: "postgres_connections",
    help: "Connections to PostgreSQL: in_use, idle and max; waiting: queries that wait for one.",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      const { pool } = load();
      if (pool === null) return;
      this.set({ state: "in_use" }, pool.inUse);
      this.set({ state: "idle" }, pool.idle);
      this.set({ state: "waiting" }, pool.waiting);
      if (pool.most !== null) this.set({ state: "max" }, pool.most);
    },
  });
  new client.Gauge({
    name: "redis_ready",
    help: "1 while the connection to Redis is up. Without Redis there is no value.",
    labelNames: [],
    registers: [registry],
    collect() {
      const { redisReady } = load();
      if (redisReady === null) this.reset();
      else this.set(redisReady ? 1 : 0);
    },
  });
}
