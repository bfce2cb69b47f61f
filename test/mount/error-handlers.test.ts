/** The router's errors in the error handlers that hosts have already, which know nothing of them. */
import express, { type ErrorRequestHandler } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RefusedCall } from "../../server/authsignal/sdk-call.ts";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { AppError } from "../../server/http/errors.ts";
import { createPasskeysRouter } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
});
afterAll(() => kit?.close());

async function startHost(handler?: ErrorRequestHandler) {
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: false, now: kit.now });
  const limits = { sendsPerIp: { points: 1, seconds: 900 } };
  const app = express();
  // As in production, where Express shows no stack and logs none here.
  app.set("env", "test");
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter({ ...commonOptions(kit, storage, sessions), limits }));
  if (handler !== undefined) app.use(handler);
  return kit.agent(app);
}

const byStatusCode: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(error.statusCode ?? 500).json({ message: error.message });
};
/** As koa's and many others: http-errors says whether the message may be shown. */
const byExpose: ErrorRequestHandler = (error, _req, res, _next) => {
  const status = error.status ?? 500;
  res.status(status).set(error.headers ?? {});
  res.json({ message: error.expose ? error.message : "unknown" });
};

test.each([
  ["an error handler that reads statusCode", byStatusCode],
  ["an error handler that reads status, expose and headers", byExpose],
])("%s answers the router's refusals with their status and sentence", async (_, handler) => {
  const agent = await startHost(handler);
  const refused = await agent.post("/auth/enroll-token").send({}).expect(401);
  expect(refused.body).toEqual({ message: "Sign in first." });
});

test.each([
  ["Express's own error handler", undefined],
  ["an error handler that reads headers", byExpose],
])("%s tells when a refused request may come again", async (_, handler) => {
  const agent = await startHost(handler);
  const ask = () => agent.post("/auth/otp/challenge").send({ email: kit.newAddress() });
  await ask().expect(202);
  const refused = await ask().expect(429);
  expect(Number(refused.get("Retry-After"))).toBeGreaterThan(0);
});

test("what an error says to the log alone is not to be shown", () => {
  expect(new AppError("not_authenticated").expose).toBe(true);
  expect(new AppError("cross_site_request", { detail: "list https://evil.example" }).expose).toBe(false);
  expect(new AppError("internal_error").expose).toBe(false);
});

test("a refusal of Authsignal's reaches an error handler that reads statusCode as an outage, not with Authsignal's status", () => {
  const refused = new RefusedCall(404, "not_found");
  expect({ ...refused }).not.toHaveProperty("statusCode");
  expect([refused.statusCode, refused.status, refused.headers]).toEqual([503, 503, { "Retry-After": "5" }]);
});

test.each([
  ["the status and message of a caller's fault", { status: 404, expose: true }, 404, "no such invoice"],
  [
    "nothing of an error that is not to be shown",
    { status: 404, expose: false },
    500,
    "Something went wrong on our side.",
  ],
  [
    "nothing of a fault of the server's own",
    { status: 502, expose: true },
    500,
    "Something went wrong on our side.",
  ],
  [
    "nothing of an error whose status is no number",
    { status: "404", expose: true },
    500,
    "Something went wrong on our side.",
  ],
  [
    "nothing of an error whose status is no whole number",
    { status: 404.5, expose: true },
    500,
    "Something went wrong on our side.",
  ],
])("createErrorHandler at the end of an app tells %s", async (_, members, status, title) => {
  const logged: object[] = [];
  const app = express();
  app.get("/invoices/7", () => {
    throw Object.assign(new Error("no such invoice"), members);
  });
  app.use(createErrorHandler({ error: (line) => logged.push(line) }));
  const { body, type } = await kit.agent(app).get("/invoices/7").expect(status);
  expect([type, body.status, body.title]).toEqual(["application/problem+json", status, title]);
  expect(logged).toHaveLength(status === 500 ? 1 : 0);
});
