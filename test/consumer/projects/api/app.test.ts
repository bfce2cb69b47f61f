import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import {
  createSoftAuthenticator,
  type EmulatorFor,
  guardSuite,
  startEmulatorFor,
} from "authsignal-emulator/testing";
import type { Express } from "express";
import { createApp } from "./app.js";

guardSuite(afterEach);

let kit: EmulatorFor;
let app: Express;
before(async () => {
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
after(() => kit.close());

test("a passkey signs in and confirms a transfer", async () => {
  const agent = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  await agent.get("/orders").expect(401);

  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  const orders = await agent.get("/orders").expect(200);
  assert.equal(orders.body.ordersOf, user.id);

  const elsewhere = kit.agent(app);
  assert.deepEqual(await kit.signInWithPasskey(elsewhere, authenticator), user);

  await elsewhere.post("/transfers").send({ amount: 5 }).expect(403);
  await kit.stepUp(elsewhere, authenticator, { action: "transfer-funds", operation: { amount: 5 } });
  await elsewhere.post("/transfers").send({ amount: 5 }).expect(201);
});

test("a phishing page's answer is refused", async () => {
  const agent = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  await kit.signInWithOtp(agent);
  const fault = { clientData: { origin: "https://examp1e.com" } };
  await assert.rejects(kit.enrollmentToken(agent, authenticator, fault));
});
