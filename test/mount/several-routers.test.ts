/** One session port and several routers: apps that are built again, and two brands in one process. */
import express, { type Express } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createPasskeysRouter } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let other: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/a" });
  other = await startEmulatorFor({ prefix: "/b" });
});
afterAll(async () => {
  await kit?.close();
  await other?.close();
});

test("an app that is built twice over one session port works both times", async () => {
  const storage = await kit.openStorage();
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "only the tests of this host know it",
    secure: false,
    now: kit.now,
  });
  const createApp = (): Express =>
    express()
      .use(sessions.middleware)
      .use("/a", createPasskeysRouter(commonOptions(kit, storage, sessions)))
      .use(createErrorHandler({ error: () => {} }));
  for (const app of [createApp(), createApp()]) {
    const authenticator = createSoftAuthenticator();
    const agent = kit.agent(app);
    const user = await kit.signInWithOtp(agent);
    await kit.enrollPasskey(agent, authenticator);
    expect(await kit.signInWithPasskey(kit.agent(app), authenticator)).toEqual(user);
  }
});

test("two tenants over one session port each accept their own passkeys, and share the sign-in", async () => {
  const storage = await kit.openStorage();
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "only the tests of this host know it",
    secure: false,
    now: kit.now,
  });
  const app = express()
    .use(sessions.middleware)
    .use("/a", createPasskeysRouter(commonOptions(kit, storage, sessions)))
    .use("/b", createPasskeysRouter({ ...commonOptions(other, storage, sessions), now: kit.now }))
    .use(createErrorHandler({ error: () => {} }));
  const authenticator = createSoftAuthenticator();
  const agent = kit.agent(app);
  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  expect((await agent.get("/a/passkeys").expect(200)).body).toHaveLength(1);
  expect((await agent.get("/b/passkeys").expect(200)).body).toEqual([]);
  expect((await agent.get("/b/session").expect(200)).body).toEqual({ user });
  expect(await kit.signInWithPasskey(kit.agent(app), authenticator)).toEqual(user);
  await expect(other.signInWithPasskey(other.agent(app), authenticator)).rejects.toThrow();
});
