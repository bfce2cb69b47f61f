/** The parts around the router, as ADDING.md shows them: each imported from the package's public face. */
import express from "express";
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createAuditTrail,
  createClientApiProxy,
  createErrorHandler,
  createMetrics,
  createPasskeysRouter,
  createReadiness,
  createWellKnown,
  type SecurityEvent,
  type Storage,
  securityHeaders,
  startTracing,
  stopTracing,
  warnOfPlainRequests,
} from "../../server/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let storage: Storage;
let app: express.Express;
const lines: object[] = [];
const log = {
  info: (line: object) => void lines.push(line),
  warn: (line: object) => void lines.push(line),
  error: (line: object) => void lines.push(line),
};

beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  storage = await kit.openStorage();
  app = await createHost();
});
afterAll(async () => {
  stopTracing();
  await kit?.close();
});

async function createHost(): Promise<express.Express> {
  const { now } = kit;
  const { apiUrl, allowEmulator } = kit.authsignal;
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: false, now });
  const options = commonOptions(kit, storage, sessions);
  const { authsignal, origins } = options;
  const app = express();

  // Only where the origin is https, and first of all: logs once how to set up the proxy.
  app.use(warnOfPlainRequests(log, "/auth"));

  const { tenantId } = kit.browser;
  const { origin: authsignalOrigin } = new URL(apiUrl);
  app.use(securityHeaders({ authsignalOrigin, https: true }));

  const relatedOrigins = ["https://app.example.net"];
  const passkeyEndpoints = {
    enroll: "https://app.example.com/account",
    manage: "https://app.example.com/account",
  };
  app.use(createWellKnown({ relatedOrigins, passkeyEndpoints }));

  const { limiter } = storage;
  const proxy = createClientApiProxy({ apiUrl, tenantId, origins, limiter, allowEmulator });
  app.use("/authsignal/v1", proxy);

  const stopping = new AbortController();
  app.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  app.get("/readyz", createReadiness({ storage, authsignal, log, draining: stopping.signal }));

  const metrics = await createMetrics("/auth");
  metrics.watch({ storage, authsignal });
  app.use(metrics.middleware);
  app.get("/internal/metrics", metrics.page);

  await startTracing();

  const record = createAuditTrail(storage.traffic, log, now);
  const onEvent = (event: SecurityEvent) => {
    record(event);
    metrics.count(event);
  };

  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter({ ...options, onEvent }));
  app.use(createErrorHandler(log));
  return app;
}

test("The pages of a host get the security headers, with Authsignal as the only other origin", async () => {
  const { headers } = await request(app).get("/healthz").expect(200, { status: "ok" });
  expect(headers["content-security-policy"]).toContain(
    `connect-src 'self' ${new URL(kit.authsignal.apiUrl).origin}`,
  );
  expect(headers["strict-transport-security"]).toBe("max-age=63072000");
});

test.each(["", "api.authsignal.com", "https://api.authsignal.com/v1", "https://a.example; script-src *"])(
  "securityHeaders refuses %j for Authsignal's origin",
  (authsignalOrigin) => {
    expect(() => securityHeaders({ authsignalOrigin, https: true })).toThrow(
      "`authsignalOrigin` must be scheme, host",
    );
  },
);

test("The well-known files of a host are served", async () => {
  await request(app)
    .get("/.well-known/webauthn")
    .expect(200, { origins: ["https://app.example.net"] });
  const { body } = await request(app).get("/.well-known/passkey-endpoints").expect(200);
  expect(body.enroll).toBe("https://app.example.com/account");
});

test("The Client API proxy of a host forwards to Authsignal", async () => {
  const answer = await request(app)
    .post("/authsignal/v1/client/challenge")
    .set("Origin", "http://localhost:3000")
    .set("Authorization", `Basic ${Buffer.from(`${kit.browser.tenantId}:`).toString("base64")}`)
    .send({ action: "sign-in-with-passkey" })
    .expect(200);
  expect(answer.body.challengeId).toBeTypeOf("string");
});

test("A sign-in through a host's router is in its metrics, its log and its audit table", async () => {
  const agent = kit.agent(app);
  const user = await kit.signInWithOtp(agent);
  const { text } = await request(app).get("/internal/metrics").expect(200);
  expect(text).toContain('passkeys_security_events_total{event="sign_in.succeeded"} 1');
  expect(text).toContain("storage_available 1");
  expect(lines).toContainEqual(expect.objectContaining({ event: "sign_in.succeeded", userId: user.id }));
  const rows = () => storage.traffic.selectFrom("audit_events").select(["event", "user_id"]).execute();
  await expect.poll(rows).toContainEqual({ event: "sign_in.succeeded", user_id: user.id });
});

test("The readiness of a host reports its storage and Authsignal", async () => {
  const { body } = await request(app).get("/readyz").expect(200);
  expect(body).toEqual({ status: "ready", checks: { storage: "ok", authsignal: "ok" } });
});

test("A host behind a proxy that is not trusted is told once how to trust it", async () => {
  const warnings = () => lines.filter((line) => "event" in line && line.event === "proxy.misconfigured");
  await request(app).get("/auth/config").set("X-Forwarded-Proto", "https").expect(200);
  await request(app).get("/auth/config").set("X-Forwarded-Proto", "https").expect(200);
  expect(warnings()).toHaveLength(1);
});
