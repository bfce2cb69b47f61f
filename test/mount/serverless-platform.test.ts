/** Adapters of serverless platforms, such as serverless-http, give every request a body: an empty Buffer where there is none. */
import express, { type Express } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCookieSessions, createErrorHandler, createPasskeysRouter } from "../../server/index.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let app: Express;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const store = storage.sessionStore;
  const sessions = createCookieSessions({ store, secret, secure: false, now: kit.now });
  const options = commonOptions(kit, storage, sessions);
  app = express();
  app.use((req, _res, next) => {
    req.body = Buffer.alloc(0);
    next();
  });
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(options), createErrorHandler({ error: () => {} }));
});
afterAll(() => kit?.close());

test("People sign in, see their passkeys and sign out where requests without a body have an empty one", async () => {
  const agent = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  expect((await agent.get("/auth/passkeys").expect(200)).body).toHaveLength(1);
  await agent.delete("/auth/session").expect(204);
  await kit.signInWithPasskey(agent, authenticator);
});
