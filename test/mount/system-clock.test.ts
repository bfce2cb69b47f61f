/** A host that names no clock anywhere, as in production: every part takes the system's. */
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createAuditTrail,
  createCookieSessions,
  createErrorHandler,
  createKnownBrowserCookie,
  createPasskeysRouter,
  createSqlUsers,
} from "../../server/index.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
});
afterAll(() => kit?.close());

test("A host that gives no part a clock has sign-ins, known browsers and an audit trail", async () => {
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: false });
  const { now: _, ...common } = commonOptions(kit, storage, sessions);
  const app = express();
  app.use(sessions.middleware);
  app.use(
    "/auth",
    createPasskeysRouter({
      ...common,
      users: createSqlUsers(storage.accounts),
      knownBrowsers: createKnownBrowserCookie({ store: storage.knownBrowsers, secure: false }),
      onEvent: createAuditTrail(storage.traffic, { info: () => {}, error: () => {} }),
      activity: storage.events,
    }),
    createErrorHandler({ error: () => {} }),
  );
  const agent = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  expect(await kit.signInWithPasskey(kit.agent(app), authenticator)).toEqual(user);
  const events = async () => {
    const { body } = await agent.get("/auth/activity").expect(200);
    return body.map(({ event }: { readonly event: string }) => event);
  };
  await expect.poll(events).toContain("passkey.enrolled");
});
