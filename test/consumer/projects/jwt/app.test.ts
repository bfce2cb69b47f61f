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
import { createApp } from "./app.js";

guardSuite(afterEach);

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const password = { email: "ann@example.com", password: "correct horse" };
let kit: EmulatorFor;
let host: Awaited<ReturnType<typeof createApp>>;
before(async () => {
  kit = await startEmulatorFor({ prefix: "/v2/auth" });
  const databaseFile = join(await mkdtemp(join(tmpdir(), "jwt-")), "passkeys.sqlite");
  host = await createApp({ ...kit, databaseFile });
});
after(async () => {
  await host?.close();
  await kit?.close();
});

const agent = () =>
  kit.bearerAgent(host.app, {
    tokenIn: (body: Partial<Tokens> & { tokens?: Tokens }) => body.tokens?.accessToken ?? body.accessToken,
  });

test("A person creates a passkey after the password, and the passkey issues this API's own tokens", async () => {
  const client = agent();
  const authenticator = createSoftAuthenticator();
  await client
    .post("/v2/login")
    .send({ ...password, password: "wrong" })
    .expect(401);
  const login: { body: Tokens } = await client.post("/v2/login").send(password).expect(200);
  await kit.enrollPasskey(client, authenticator);

  const elsewhere = agent();
  assert.deepEqual(await kit.signInWithPasskey(elsewhere, authenticator), { id: "7", email: password.email });
  await elsewhere.get("/v2/role").expect(200, { userId: "7", role: "owner" });
  await elsewhere.get("/v2/orders").expect(200, { ordersOf: "7" });

  await elsewhere.delete("/v2/account").expect(403);
  await kit.stepUp(elsewhere, authenticator, { action: "close-account" });
  await elsewhere.delete("/v2/account").expect(200, { closed: true });
  await client.post("/v2/refresh").send({ refreshToken: login.body.refreshToken }).expect(200);
});

test("A refresh leaves the proof as old as it is, and a token that has signed out is refreshed no more", async () => {
  const client = agent();
  const login: { body: Tokens } = await client.post("/v2/login").send(password).expect(200);
  kit.advance(11 * 60_000);
  const { refreshToken } = login.body;
  const refreshed: { body: Tokens } = await client.post("/v2/refresh").send({ refreshToken }).expect(200);
  const refused = await client.post("/v2/auth/enroll-token").send({}).expect(403);
  assert.equal(refused.body.code, "step_up_required");

  await client.delete("/v2/auth/session").expect(204);
  await client.get("/v2/orders").expect(200, { ordersOf: null });
  const again = await client.post("/v2/refresh").send({ refreshToken: refreshed.body.refreshToken });
  assert.equal(again.status, 401);
});

test("No request makes a cookie", async () => {
  const answer = await agent().post("/v2/login").send(password).expect(200);
  assert.equal(answer.get("Set-Cookie"), undefined);
});
