/** The page of the metrics: on a port of its own, at one path, with headers. */
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMetrics, createMetricsApp } from "../../../server/app/metrics.ts";
import { listen } from "../../kit/listen.ts";
import { type Lab, startLab } from "../lab.ts";

const metrics = await createMetrics();
let page: Awaited<ReturnType<typeof listen>>;
let lab: Lab;
beforeAll(async () => {
  page = await listen(createMetricsApp(metrics, "/internal/metrics"));
  lab = await startLab();
});
afterAll(async () => {
  await page.close();
  await lab.close();
});

test("The metrics have security headers and may not be stored", async () => {
  const answer = await request(page.url).get("/internal/metrics").expect(200);
  expect(answer.text).toContain("process_cpu");
  expect(answer.headers).toMatchObject({
    "content-security-policy": "default-src 'none';frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
  expect(answer.headers).not.toHaveProperty("x-powered-by");
});

test.each([
  "/",
  "/internal",
  "/internal/metrics/",
  "/Internal/metrics",
  "/INTERNAL/METRICS",
  "//internal/metrics",
  "/internal//metrics",
  "/internal/metrics%2f",
  "/healthz",
])("The port of the metrics has nothing at %s", async (path) => {
  await request(page.url).get(path).expect(404);
});

test.each(["post", "put", "delete"] as const)("The metrics are not there for %s", async (method) => {
  await request(page.url)[method]("/internal/metrics").expect(404);
});

test.each(["/metrics", "/internal/metrics", "/Internal/metrics/"])(
  "The app itself has no metrics at %s",
  async (path) => {
    const answer = await request(lab.url).get(path).set("Accept", "text/plain");
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain("process_cpu");
  },
);
