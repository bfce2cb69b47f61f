import assert from "node:assert/strict";
import { createSoftAuthenticator, guardSuite, startEmulatorFor } from "authsignal-emulator/testing";
import { after, afterEach, before, it } from "mocha";
import { createApp } from "./app.js";

guardSuite(afterEach);

let kit;
let app;
before(async function () {
  // The first call in a process performs a ceremony, which a busy machine does not finish in Mocha's two seconds.
  this.timeout(20_000);
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
