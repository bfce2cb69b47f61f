import assert from "node:assert/strict";
import { after, afterEach, before, it } from "node:test";
import { createSoftAuthenticator, guardSuite, startEmulatorFor } from "authsignal-emulator/testing";
import { createApp } from "./app.js";

guardSuite(afterEach);

let kit;
let app;
before(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  app = createApp({ ...kit.authsignal, storage: await kit.openStorage(), now: kit.now });
});
after(() => kit.close());

it("a person comes back with a passkey", async () => {
  const authenticator = createSoftAuthenticator();
  const agent = kit.agent(app);
  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  assert.deepEqual(await kit.signInWithPasskey(kit.agent(app), authenticator), user);
});
