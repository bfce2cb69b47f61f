/** What the log and the metrics say of requests that succeed, fail or are abandoned. */
import { once } from "node:events";
import { connect } from "node:net";
import express, { type Express, Router } from "express";
import request from "supertest";
import { expect, test } from "vitest";
import { createMetrics } from "../../../server/app/metrics.ts";
import { requestContext } from "../../../server/app/request-context.ts";
import { createErrorHandler, notFound } from "../../../server/http/error-handler.ts";
import { AppError } from "../../../server/http/errors.ts";
import { createLogger } from "../../../server/http/log.ts";
import { captureLog } from "../../kit/captured-log.ts";
import { listen } from "../../kit/listen.ts";

interface Watched {
  readonly app: Express;
  /** The lines of the requests so far. */
  readonly lines: () => readonly Record<string, unknown>[];
  readonly page: () => Promise<string>;
  /** Resolves when the request that hangs has reached its handler. */
  readonly reached: Promise<void>;
}

async function watch(): Promise<Watched> {
  const captured = captureLog();
  const log = createLogger(captured.destination);
  const metrics = await createMetrics();
  let reach = (): void => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const api = Router()
    .get("/passkeys", (_req, res) => void res.json([]))
    .patch("/passkeys/:id", () => {
      throw new AppError("passkey_not_found");
    })
    .get("/hanging", () => reach());
  const app = express()
    .use(requestContext(log, "/api"), metrics.middleware)
    .use(
      "/api",
      (req, _res, next) => next(req.headers.cookie ? new Error("The store is out.") : undefined),
      api,
    )
    .use(notFound, createErrorHandler(log));
  return {
    app,
    lines: () =>
      captured
        .lines()
        .map((line) => JSON.parse(line))
        .filter(({ event }) => event === "request"),
    page: async () =>
      (await request(express().get("/metrics", metrics.page)).get("/metrics").expect(200)).text,
    reached,
  };
}

test("A route has one name in log and metrics, in whatever case a client writes its path", async () => {
  const { app, lines, page } = await watch();
  for (const path of ["/api/passkeys", "/API/passkeys", "/aPi/Passkeys"])
    await request(app).get(path).expect(200);
  expect(new Set(lines().map(({ route }) => route))).toEqual(new Set(["/api/passkeys"]));
  const counted = (await page())
    .split("\n")
    .filter((line) => line.startsWith("http_request_duration_seconds_count"));
  expect(counted).toEqual([expect.stringContaining('route="/api/passkeys",status="200"} 3')]);
});

test("A route has the same name in log and metrics when it succeeds, fails, or is not reached", async () => {
  const { app, lines, page } = await watch();
  await request(app).get("/api/passkeys?after=1").expect(200);
  await request(app).patch("/api/passkeys/p1").expect(404);
  await request(app).get("/api/passkeys").set("Cookie", "a=b").expect(500);
  await request(app).patch("/api/passkeys/p1").set("Cookie", "a=b").expect(500);
  await request(app).get("/api/passkeys/p1/more").expect(404);
  expect(lines().map(({ method, route, status }) => [method, route, status])).toEqual([
    ["GET", "/api/passkeys", 200],
    ["PATCH", "/api/passkeys/:id", 404],
    ["GET", "/api/passkeys", 500],
    ["PATCH", "/api/passkeys/:id", 500],
    ["GET", null, 404],
  ]);
  const text = await page();
  for (const [route, status] of [
    ["/api/passkeys", 200],
    ["/api/passkeys", 500],
    ["/api/passkeys/:id", 404],
    ["/api/passkeys/:id", 500],
    ["unmatched", 404],
  ])
    expect(text).toMatch(new RegExp(`seconds_count{method="\\w+",route="${route}",status="${status}"} 1`));
});

test("The code of a problem stands in the log line and is counted by route", async () => {
  const { app, lines, page } = await watch();
  await request(app).patch("/api/passkeys/p1").expect(404);
  await request(app).get("/api/passkeys").expect(200);
  expect(lines()).toMatchObject([{ status: 404, code: "passkey_not_found" }, { status: 200 }]);
  expect(lines()[1]).not.toHaveProperty("code");
  expect(await page()).toContain('http_problems_total{route="/api/passkeys/:id",code="passkey_not_found"} 1');
});

test("A request whose client goes leaves a line and a sample, and is in flight until then", async () => {
  const { app, lines, page, reached } = await watch();
  const server = await listen(app);
  try {
    const socket = connect(server.port, "localhost");
    socket.write("GET /api/hanging HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await reached;
    expect(await page()).toContain("http_requests_in_flight 1");
    socket.destroy();
    await once(socket, "close");
    await expect.poll(lines).toMatchObject([{ route: "/api/hanging", abandoned: true }]);
    expect(lines()[0]).not.toHaveProperty("status");
    expect(await page()).toMatch(/route="\/api\/hanging",status="abandoned"} 1[\s\S]*in_flight 0/);
  } finally {
    await server.close();
  }
});

test.each([
  [
    "7f0c-1",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "7f0c-1",
    "4bf92f3577b34da6a3ce929d0e0e4736",
  ],
  ['"forged": 1', "00-zz-00f067aa0ba902b7-01", undefined, undefined],
  ["a".repeat(129), "4bf92f3577b34da6a3ce929d0e0e4736", undefined, undefined],
])(
  "The incoming ids %j and %j stand in the log beside the request's own, if they are ids",
  async (id, trace, incomingRequestId, traceId) => {
    const { app, lines } = await watch();
    const answer = await request(app).get("/api/passkeys").set("X-Request-Id", id).set("traceparent", trace);
    expect(lines()[0]).toMatchObject({ requestId: answer.headers["x-request-id"] });
    expect([lines()[0]?.incomingRequestId, lines()[0]?.traceId]).toEqual([incomingRequestId, traceId]);
  },
);
