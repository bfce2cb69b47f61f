import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { createSoftAuthenticator, guardSuite, startEmulatorFor } from "authsignal-emulator/testing";
import { createApp } from "./app.js";

guardSuite(afterEach);

let meadow;
let harbour;
let host;
before(async () => {
  meadow = await startEmulatorFor({ origin: "https://meadow.example", prefix: "/meadow/auth" });
  harbour = await startEmulatorFor({ origin: "https://harbour.example", prefix: "/harbour/auth" });
  const file = join(await mkdtemp(join(tmpdir(), "tenants-")), "passkeys.sqlite");
  host = await createApp({ brands: { meadow, harbour }, file, now: meadow.now });
});
after(async () => {
  await host?.close();
  await meadow?.close();
  await harbour?.close();
});

test("The same address is another account at each brand, with passkeys and sessions of its own", async () => {
  const email = "ann@example.com";
  const atMeadow = meadow.agent(host.app);
  const atHarbour = harbour.agent(host.app);
  const passkeyOfMeadow = createSoftAuthenticator();
  const passkeyOfHarbour = createSoftAuthenticator();
  assert.deepEqual(await meadow.signInWithOtp(atMeadow, email), { id: "meadow-1", email });
  assert.deepEqual(await harbour.signInWithOtp(atHarbour, email), { id: "harbour-1", email });
  await meadow.enrollPasskey(atMeadow, passkeyOfMeadow);
  await harbour.enrollPasskey(atHarbour, passkeyOfHarbour);

  const { id } = await meadow.signInWithPasskey(meadow.agent(host.app), passkeyOfMeadow);
  assert.equal(id, "meadow-1");
  assert.equal((await harbour.signInWithPasskey(harbour.agent(host.app), passkeyOfHarbour)).id, "harbour-1");
  await assert.rejects(harbour.signInWithPasskey(harbour.agent(host.app), passkeyOfMeadow));
});

test("A sign-in at one brand is none at the other, and a step-up counts at its own brand alone", async () => {
  const agent = meadow.agent(host.app);
  const authenticator = createSoftAuthenticator();
  await meadow.signInWithOtp(agent, "bob@example.com");
  await meadow.enrollPasskey(agent, authenticator);
  await meadow.stepUp(agent, authenticator, { action: "transfer-funds" });
  const toHarbour = () => agent.post("/harbour/transfers").set("Origin", "https://harbour.example");
  await toHarbour().expect(401);
  await agent.post("/meadow/transfers").expect(201);
  assert.deepEqual((await agent.get("/harbour/auth/session").expect(200)).body, { user: null });
});

test("A page of one brand is refused by the other", async () => {
  const refused = await meadow
    .agent(host.app)
    .post("/harbour/auth/otp/challenge")
    .send({ email: "ann@example.com" });
  assert.equal(refused.status, 403);
  assert.equal(refused.body.code, "cross_site_request");
});
