/** A host mounts the router under a prefix that has routes of its own, such as /api. */
import express, { type Express } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { timeLeft } from "../../server/http/request-deadline.ts";
import {
  createCookieSessions,
  createErrorHandler,
  createPasskeysRouter,
  type PasskeysOptions,
} from "../../server/index.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let app: Express;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/api" });
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const store = storage.sessionStore;
  const sessions = createCookieSessions({ store, secret, secure: false, now: kit.now });
  const options: PasskeysOptions = commonOptions(kit, storage, sessions);
  app = express();
  app.use(sessions.middleware);
  app.use("/api", createPasskeysRouter(options), createErrorHandler({ error: () => {} }));
  app.post("/api/webhook", express.raw({ type: "application/json" }), (req, res) => {
    res.json({ bytes: Buffer.isBuffer(req.body) ? req.body.length : null });
  });
  app.post("/api/import", express.json({ limit: "1mb" }), (req, res) => {
    res.json({ rows: req.body.rows.length });
  });
  app.post("/api/saml", (_req, res) => void res.json({ signedIn: true }));
  app.get("/api/report", (_req, res) => void res.json({ isBounded: timeLeft() < Number.POSITIVE_INFINITY }));
});
afterAll(() => kit?.close());

test("the router's flows work there", async () => {
  const agent = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  expect(await kit.signInWithPasskey(kit.agent(app), authenticator)).toEqual(user);
});

test.each([
  ["the bytes of a webhook's JSON", "/api/webhook", { text: "x" }, { bytes: 12 }],
  [
    "a body larger than any of the router's",
    "/api/import",
    { rows: Array(20_000).fill(7) },
    { rows: 20_000 },
  ],
])("a route of the host's gets %s", async (_, path, body, answer) => {
  await kit.agent(app).post(path).send(body).expect(200, answer);
});

test("a route of the host's may be called from another site, and be cached", async () => {
  const called = kit
    .agent(app)
    .post("/api/saml")
    .set("Origin", "https://idp.example")
    .set("Sec-Fetch-Site", "cross-site");
  const answer = await called.expect(200);
  expect(answer.get("Cache-Control")).toBeUndefined();
});

test("a route of the host's has no deadline of the router's", async () => {
  await kit.agent(app).get("/api/report").expect(200, { isBounded: false });
});
