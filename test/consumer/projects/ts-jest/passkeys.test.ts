import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import {
  createSoftAuthenticator,
  type EmulatorFor,
  guardSuite,
  startEmulatorFor,
} from "authsignal-emulator/testing";
import type { Express } from "express";
import { createApp } from "./app";

guardSuite(afterEach);

let kit: EmulatorFor;
let app: Express;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  app = await createApp({
    ...kit.authsignal,
    origin: "http://localhost:3000",
    rpId: "localhost",
    sessionSecret: "only the tests of this app know it",
    databaseFile: join(await mkdtemp(join(tmpdir(), "app-")), "app.sqlite"),
    now: kit.now,
  });
});
afterAll(() => kit.close());

test("a person creates a passkey and comes back with it", async () => {
  const authenticator = createSoftAuthenticator();
  const agent = kit.agent(app);
  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  expect(await kit.signInWithPasskey(kit.agent(app), authenticator)).toEqual(user);
});
