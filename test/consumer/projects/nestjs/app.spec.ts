import "reflect-metadata";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import type { NestExpressApplication } from "@nestjs/platform-express";
import {
  createSoftAuthenticator,
  type EmulatorFor,
  guardSuite,
  startEmulatorFor,
} from "authsignal-emulator/testing";
import {
  createCookieSessions,
  createSdkGateway,
  createSqlUsers,
  type LazyStorage,
  openStorageLazily,
} from "authsignal-passkeys-express";
import { createApp } from "./app";

guardSuite(afterEach);

let kit: EmulatorFor;
let app: NestExpressApplication;
let storage: LazyStorage;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  const { authsignal, browser, origins, now } = kit;
  storage = openStorageLazily({ file: join(await mkdtemp(join(tmpdir(), "nest-")), "app.sqlite"), now });
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "only the tests of this app know it",
    secure: false,
    now,
  });
  const options = {
    authsignal: createSdkGateway(authsignal),
    browser,
    origins,
    storage,
    sessions,
    users: createSqlUsers(async () => (await storage.opened()).accounts, now),
    stepUpActions: ["close-account"],
    now,
  };
  app = await createApp(options, sessions);
  await app.init();
});
afterAll(async () => {
  await app?.close();
  await storage?.close();
  await kit?.close();
});

test("a guarded route of Nest takes a passkey for this action, and nothing else", async () => {
  const agent = kit.agent(app.getHttpServer());
  const authenticator = createSoftAuthenticator();
  const close = () => agent.delete("/v1/account");
  const signedOut = await close().expect(401);
  expect(signedOut.body).toEqual({ statusCode: 401, code: "not_authenticated", message: expect.any(String) });

  const user = await kit.signInWithOtp(agent);
  expect((await close().expect(403)).body.code).toBe("passkey_required");
  await kit.enrollPasskey(agent, authenticator);
  expect((await close().expect(403)).body).toMatchObject({ statusCode: 403, code: "step_up_required" });
  await kit.stepUp(agent, authenticator, { action: "close-account" });
  expect((await close().expect(200)).body).toEqual({ closed: true });
  expect((await close().expect(403)).body.code).toBe("step_up_required");

  const elsewhere = kit.agent(app.getHttpServer());
  expect(await kit.signInWithPasskey(elsewhere, authenticator)).toEqual(user);
});

test("Nest answers what is none of the router's as before, and the router's errors are problems", async () => {
  const agent = kit.agent(app.getHttpServer());
  const missing = await agent.get("/v1/none").expect(404);
  expect(missing.body).toEqual({ message: "Cannot GET /v1/none", error: "Not Found", statusCode: 404 });
  const refused = await agent.post("/auth/enroll-token").send({}).expect(401);
  expect(refused.headers["content-type"]).toContain("application/problem+json");
  expect(refused.body).toMatchObject({ code: "not_authenticated" });
});
