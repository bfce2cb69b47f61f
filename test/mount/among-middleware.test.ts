import type { RequestHandler } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCookieSessions } from "../../server/index.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { createHost } from "./among-middleware.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let app: ReturnType<typeof createHost>;
let counted = 0;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret,
    secure: false,
    now: kit.now,
  });
  const csrf: RequestHandler = (req, res, next) => {
    if (req.get("X-CSRF-Token") === "right") return next();
    return void res.status(403).json({});
  };
  const rateLimit: RequestHandler = (_req, _res, next) => {
    counted += 1;
    next();
  };
  const options = commonOptions(kit, storage, sessions);
  app = createHost({ options, sessions, log: { error: () => {} }, csrf, rateLimit });
});
afterAll(() => kit?.close());

test("Behind no CSRF check and no limiter of the host's the router's flows work, and the guard speaks the host's errors", async () => {
  const agent = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  expect(counted).toBe(0);
  const refused = await agent.post("/transfers").set("X-CSRF-Token", "right").expect(403);
  expect(refused.body.error).toMatchObject({
    code: "step_up_required",
    stepUp: { action: "transfer-funds", methods: ["passkey"] },
  });
  await kit.stepUp(agent, authenticator, { action: "transfer-funds" });
  await agent.post("/transfers").expect(403, {});
  await agent.post("/transfers").set("X-CSRF-Token", "right").expect(201);
});

test("The router's own errors stay problems, which the client modules read", async () => {
  const refused = await kit.agent(app).get("/auth/passkeys").expect(401);
  expect(refused.type).toBe("application/problem+json");
  expect(refused.body.type).toBe("/problems/not_authenticated");
});
