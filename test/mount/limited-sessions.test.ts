import { afterAll, beforeAll, expect, test } from "vitest";
import { createCookieSessions } from "../../server/index.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";
import { createHost } from "./limited-sessions.ts";

let kit: EmulatorFor;
let app: ReturnType<typeof createHost>;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret,
    secure: false,
    now: kit.now,
  });
  app = createHost(commonOptions(kit, storage, sessions), sessions);
});
afterAll(() => kit?.close());

test("A host's own route behind the guard refuses the code of an account with a passkey, and takes the passkey", async () => {
  const agent = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  const { email } = await kit.signInWithOtp(agent);
  await agent.get("/statements").expect(200);
  await kit.enrollPasskey(agent, authenticator);

  const elsewhere = kit.agent(app);
  await kit.signInWithOtp(elsewhere, email);
  const refused = await elsewhere.get("/statements").expect(403);
  expect(refused.body).toMatchObject({ code: "limited_session", stepUp: { action: "manage-passkeys" } });
  await kit.stepUp(elsewhere, authenticator, { action: "manage-passkeys" });
  await elsewhere.get("/statements").expect(200);
});
