/** The kit's browser at the origin of production, with the cookies of production. */
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createLogger } from "../../server/http/log.ts";
import { createPasskeysRouter } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { captureLog } from "../kit/captured-log.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ origin: "https://shop.example.com" });
});
afterAll(() => kit?.close());

async function hostBehind(proxies: number) {
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: true, now: kit.now });
  const app = express();
  app.set("trust proxy", proxies);
  app.use("/api", sessions.middleware, createPasskeysRouter(commonOptions(kit, storage, sessions)));
  app.use(createErrorHandler(createLogger(captureLog().destination)));
  return app;
}

test("the kit's browser at an https origin keeps Secure cookies through every flow", async () => {
  const app = await hostBehind(1);
  const agent = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  const elsewhere = kit.agent(app);
  expect(await kit.signInWithPasskey(elsewhere, authenticator)).toEqual(user);
  expect((await elsewhere.get("/api/session").expect(200)).body.user).toEqual(user);
  await elsewhere.delete("/api/session").expect(204);
  expect((await elsewhere.get("/api/session").expect(200)).body.user).toBeNull();
});

test("the kit's browser at an https origin gets no session of an app that trusts no proxy", async () => {
  const agent = kit.agent(await hostBehind(0));
  await expect(kit.signInWithOtp(agent)).rejects.toThrow("answered 500");
});
