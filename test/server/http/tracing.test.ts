/** What a real OpenTelemetry SDK gets to see of requests, and that nothing of it is loaded without one. */
import { execFileSync } from "node:child_process";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import request from "supertest";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { hasTelemetry, startTracing, stopTracing } from "../../../server/http/tracing.ts";
import { answering, faults, send } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

const exporter = new InMemorySpanExporter();
let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

beforeEach(async () => {
  exporter.reset();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  await startTracing();
});
afterEach(() => {
  stopTracing();
  for (const part of [trace, context, propagation]) part.disable();
  lab.line.fail(null);
});

/** The spans of the trace, once the request's own has ended. */
async function spansOf(id: string): Promise<readonly ReadableSpan[]> {
  const all = () => exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === id);
  await expect.poll(() => all().some(({ kind }) => kind === SpanKind.SERVER)).toBe(true);
  return all();
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`No "${name}" among: ${spans.map((one) => one.name).join(", ")}`);
  return found;
}

test("A request continues the caller's trace through router and storage to Authsignal, which gets a traceparent", async () => {
  const agent = lab.agent();
  const upstream: unknown[] = [];
  lab.line.fail(async ({ response, forward }) => {
    upstream.push(response.req.headers.traceparent);
    const { status, body } = await forward();
    send(response, status, "application/json", body);
  });
  const email = lab.newAddress();
  await agent.post("/api/otp/challenge").set("traceparent", traceparent).send({ email }).expect(202);
  const spans = await spansOf(traceId);
  const server = named(spans, "POST /api/otp/challenge");
  const operation = named(spans, "passkeys challengeOtp");
  const call = named(spans, "authsignal challenge");
  expect(server.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
  expect(operation.parentSpanContext?.spanId).toBe(server.spanContext().spanId);
  expect(call.parentSpanContext?.spanId).toBe(operation.spanContext().spanId);
  expect(call).toMatchObject({ kind: SpanKind.CLIENT, attributes: { "server.address": "localhost" } });
  expect(server.attributes).toMatchObject({
    "http.route": "/api/otp/challenge",
    "http.response.status_code": 202,
  });
  expect(upstream).toEqual([`00-${traceId}-${call.spanContext().spanId}-01`]);
  const storage = spans.filter(({ attributes }) => "db.system.name" in attributes);
  expect(storage.length).toBeGreaterThan(0);
  expect(lab.logs().join("\n")).toContain(`"traceId":"${traceId}"`);
});

test("No attribute of a span contains an address, a code, a token or an id of a person", async () => {
  const { agent, authenticator, user } = await lab.person("passkey");
  await lab.proveAgain({ agent, authenticator });
  await agent.get(`/api/passkeys?email=${encodeURIComponent(user.email)}`).expect(200);
  await expect
    .poll(() => exporter.getFinishedSpans().some(({ name }) => name === "GET /api/passkeys"))
    .toBe(true);
  const text = JSON.stringify(
    exporter
      .getFinishedSpans()
      .map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
  );
  expect(text).toContain("passkeys validate");
  for (const secret of [user.email, encodeURIComponent(user.email), user.id, "@"])
    expect(text).not.toContain(secret);
  expect(text).not.toMatch(/eyJ|[0-9a-f]{8}-[0-9a-f]{4}-/);
});

test("A span is an error for an outage, and none for a refusal, and says the code of both", async () => {
  const agent = lab.agent();
  lab.line.fail(faults["answers 500"]);
  await agent
    .post("/api/otp/challenge")
    .set("traceparent", traceparent)
    .send({ email: lab.newAddress() })
    .expect(503);
  const outage = await spansOf(traceId);
  for (const name of ["POST /api/otp/challenge", "passkeys challengeOtp", "authsignal challenge"]) {
    const { status, attributes } = named(outage, name);
    expect([name, status.code, attributes["error.type"]]).toEqual([
      name,
      SpanStatusCode.ERROR,
      "upstream_unavailable",
    ]);
  }
  exporter.reset();
  lab.line.fail(answering("/verify", {}));
  await agent.get("/api/passkeys").set("traceparent", traceparent).expect(401);
  const refused = named(await spansOf(traceId), "passkeys listPasskeys");
  expect(refused.status.code).toBe(SpanStatusCode.UNSET);
  expect(refused.attributes["error.type"]).toBe("not_authenticated");
});

test("In a span of the host the router adds its own inside, and no second one for the request", async () => {
  const tracer = trace.getTracer("host");
  const host = await startLab({
    host: {
      routes: (app) => {
        app.get("/host", (_req, res) => void res.json({ tracing: hasTelemetry() }));
      },
    },
  });
  try {
    await request(host.url).get("/host").expect(200, { tracing: true });
    await request(host.url).get("/api/session").set("traceparent", traceparent).expect(200);
    const own = named(await spansOf(traceId), "passkeys getSession");
    expect(own).toMatchObject({ kind: SpanKind.SERVER, parentSpanContext: { traceId } });
    await tracer.startActiveSpan("host job", async (span) => {
      await host.storage.flows.passkeyNames("user");
      span.end();
    });
    const { spanId } = named(exporter.getFinishedSpans(), "host job").spanContext();
    const inside = exporter.getFinishedSpans().filter((span) => span.parentSpanContext?.spanId === spanId);
    expect(inside.map(({ name }) => name)).toEqual([
      expect.stringMatching(/ select passkeys_passkey_names$/),
    ]);
  } finally {
    await host.close();
  }
});

test("Without a start no span is made, and no request to Authsignal is given a header", async () => {
  stopTracing();
  const upstream: unknown[] = [];
  lab.line.fail(async ({ response, forward }) => {
    upstream.push(response.req.headers.traceparent);
    const { status, body } = await forward();
    send(response, status, "application/json", body);
  });
  await lab
    .agent()
    .post("/api/otp/challenge")
    .set("traceparent", traceparent)
    .send({ email: lab.newAddress() })
    .expect(202);
  expect(upstream).toEqual([undefined]);
  expect(exporter.getFinishedSpans()).toEqual([]);
});

test("The package loads nothing of OpenTelemetry before startTracing", () => {
  const script = `
    await import("./server/index.ts");
    const names = Object.getOwnPropertySymbols(globalThis).map(String);
    process.stdout.write(JSON.stringify(names.filter((name) => name.includes("opentelemetry"))));`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("[]");
});
