import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { createSoftAuthenticator, guardSuite, startEmulatorFor } from "authsignal-emulator/testing";
import { createApp } from "./app.js";

guardSuite(afterEach);

let kit;
let app;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  app = createApp({ ...kit.authsignal, storage: await kit.openStorage(), now: kit.now });
});
afterAll(() => kit.close());

test("a person comes back with a passkey", async () => {
  const authenticator = createSoftAuthenticator();
  const agent = kit.agent(app);
  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  expect(await kit.signInWithPasskey(kit.agent(app), authenticator)).toEqual(user);
});
