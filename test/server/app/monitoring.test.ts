/** The metrics of what the app depends on, and the dashboard and alert rules that are made of them. */
import { readFileSync } from "node:fs";
import express from "express";
import request from "supertest";
import { expect, test } from "vitest";
import { createMetrics, type Metrics } from "../../../server/app/metrics.ts";
import { createSdkGateway } from "../../../server/authsignal/sdk-gateway.ts";
import { defaultLimits } from "../../../server/passkeys/ports/send-limits.ts";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { openTestStorage } from "../../kit/test-storage.ts";
import { faults } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";

const folder = new URL("../../../server/app/monitoring/", import.meta.url);
const dashboard: {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
} = JSON.parse(readFileSync(new URL("dashboard.json", folder), "utf8"));
const alerts = readFileSync(new URL("alerts.yml", folder), "utf8");
const files = {
  "dashboard.json": dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  "alerts.yml": [...alerts.matchAll(/expr: '(.+)'/g)].map(([, expr = ""]) => expr),
};

async function pageOf(metrics: Metrics): Promise<string> {
  const app = express().get("/metrics", metrics.page);
  return (await request(app).get("/metrics").expect(200)).text;
}

async function withLab(run: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await startLab();
  try {
    await run(lab);
  } finally {
    await lab.close();
  }
}

/** All metrics that an app registers, with the labels that each may have. */
async function registered(): Promise<ReadonlySet<string>> {
  const metrics = await createMetrics();
  metrics.watch({
    storage: {
      ping: async () => {},
      load: () => ({ pool: { inUse: 1, idle: 2, waiting: 3, most: 10 }, redisReady: true }),
    },
    authsignal: { state: () => "ok" },
  });
  const types = [...(await pageOf(metrics)).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name = "", type]) =>
      type === "histogram" ? ["_bucket", "_count", "_sum"].map((suffix) => name + suffix) : [name],
    ),
  );
}

/** The metrics in an expression: a name before braces, brackets or an operator that is no function and no label. */
function namesIn(expr: string): readonly string[] {
  const withoutLabels = expr.replace(/\{[^}]*\}/g, "{}").replace(/\b(?:by|without)\s*\([^)]*\)/g, "");
  return [...withoutLabels.matchAll(/\b[a-z][a-z0-9_]*_[a-z0-9_]+\b(?!\s*\()/g)].map(([name]) => name);
}

test.each(Object.entries(files))("Every metric in %s is one that the app has", async (_, exprs) => {
  const known = await registered();
  expect(exprs.length).toBeGreaterThan(10);
  expect(exprs.flatMap(namesIn).filter((name) => !known.has(name))).toEqual([]);
  for (const expr of exprs.filter((one) => !one.startsWith("up{"))) expect(namesIn(expr)).not.toEqual([]);
});

test("The dashboard shows every metric that is not one of Node's own", async () => {
  const shown = new Set(files["dashboard.json"].flatMap(namesIn).map(withoutSuffix));
  const own = [...(await registered())].filter((name) => !/^(nodejs|process)_/.test(name)).map(withoutSuffix);
  expect([...new Set(own)].filter((name) => !shown.has(name))).toEqual([]);
});

test("The alert rules name limits that there are", () => {
  const rules = [...alerts.matchAll(/rule=~"([^"]+)"/g)].flatMap(([, names = ""]) => names.split("|"));
  expect(rules).not.toEqual([]);
  for (const rule of rules) expect([...Object.keys(defaultLimits), "strangersInAll"]).toContain(rule);
});

function withoutSuffix(name: string): string {
  return name.replace(/_(bucket|count|sum)$/, "");
}

test("The metrics count the calls to Authsignal by operation and outcome, also those that an open breaker refuses", () =>
  withLab(async (lab) => {
    const metrics = await createMetrics();
    const authsignal = createSdkGateway({
      apiSecretKey: "emulator-secret",
      apiUrl: lab.line.url,
      allowEmulator: true,
      onCall: metrics.countCall,
    });
    lab.line.fail(faults["answers 500"]);
    for (let round = 0; round < 6; round += 1)
      await expect(authsignal.listAuthenticators("somebody")).rejects.toMatchObject({ status: 503 });
    const count = (outcome: string) =>
      `authsignal_call_duration_seconds_count{operation="getAuthenticators",outcome="${outcome}"}`;
    const page = await pageOf(metrics);
    expect(page).toContain(`${count("unavailable")} 5`);
    expect(page).toContain(`${count("not_called")} 1`);
  }));

test("The metrics count what a limit refuses, by its rule", async () => {
  const metrics = await createMetrics();
  const storage = await openTestStorage(() => new Date());
  try {
    const make = metrics.countRefusals(storage.limiter);
    const limit = make({ name: "sendsPerIp", points: 1, seconds: 60 });
    const mark = make({ name: "completedCodes", points: 1, seconds: 60 });
    for (const one of [limit, mark]) for (let round = 0; round < 3; round += 1) await one.spend("key");
    const page = await pageOf(metrics);
    expect(page).toContain('passkeys_limit_refusals_total{rule="sendsPerIp"} 2');
    expect(page).not.toContain("completedCodes");
  } finally {
    await storage.close();
  }
});

test("The metrics count the rows of a sweep, and its failures", async () => {
  const metrics = await createMetrics();
  const storage = await openTestStorage(() => new Date());
  try {
    await storage.flows.consumeToken("token", new Date(0));
    await metrics.countSweep(() => sweepExpired(storage.traffic, new Date()));
    const failing = metrics.countSweep(async () => {
      throw new Error("away");
    });
    await expect(failing).rejects.toThrow("away");
    const page = await pageOf(metrics);
    expect(page).toContain('passkeys_sweep_rows_total{table="consumed_tokens"} 1');
    expect(page).toContain('passkeys_sweep_duration_seconds_count{outcome="ok"} 1');
    expect(page).toContain('passkeys_sweep_duration_seconds_count{outcome="failed"} 1');
    expect(page).toMatch(/passkeys_sweep_last_success_timestamp_seconds [1-9]/);
  } finally {
    await storage.close();
  }
});

test("The metrics show the connections of the storage that there is", async () => {
  const metrics = await createMetrics();
  const storage = await openTestStorage(() => new Date());
  try {
    metrics.watch({ storage, authsignal: { state: () => "ok" } });
    await storage.ping();
    const page = await pageOf(metrics);
    const { pool, redisReady } = storage.load();
    expect(pool === null).toBe(process.env.TEST_DATABASE_URL === undefined);
    if (pool !== null) expect(page).toContain('postgres_connections{state="max"} 10');
    if (redisReady !== null) expect(page).toMatch(/^redis_ready 1$/m);
  } finally {
    await storage.close();
  }
});
