/** Run by `authsignal-emulator exec`: everything that differs from production is in the environment. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, test } from "node:test";
import { createApp } from "./app.mjs";

const {
  AUTHSIGNAL_API_SECRET_KEY: apiSecretKey,
  AUTHSIGNAL_API_URL: apiUrl,
  AUTHSIGNAL_EMULATOR_URL,
} = process.env;

let server;
before(async () => {
  server = createApp({ apiSecretKey, apiUrl }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(() => server.close());
beforeEach(() => emulator("/reset", {}));

async function send(method, url, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}
const api = (path, body) => send("POST", `http://127.0.0.1:${server.address().port}${path}`, body);
const emulator = (path, body) => send("POST", `${AUTHSIGNAL_EMULATOR_URL}/emulator${path}`, body);

async function enroll(userId) {
  const { body } = await api("/passkeys/token", { userId });
  assert.equal((await emulator("/passkeys/sign-up", { token: body.token })).status, 200);
}

test("a code from the mail signs in, a wrong one does not", async () => {
  const { body } = await api("/codes", { email: "ada@example.com" });
  const mail = `${AUTHSIGNAL_EMULATOR_URL}/emulator/messages/latest?to=ada@example.com&wait=2000`;
  const { code } = await (await fetch(mail)).json();
  const answer = { challengeId: body.challengeId, userId: "ada" };
  const wrong = code === "000000" ? "111111" : "000000";
  assert.equal((await api("/sign-in/code", { ...answer, verificationCode: wrong })).status, 401);
  const right = await api("/sign-in/code", { ...answer, verificationCode: code });
  assert.deepEqual(right, { status: 200, body: { userId: "ada" } });
});

test("a passkey signs in", async () => {
  await enroll("ada");
  const { body } = await emulator("/passkeys/sign-in", { action: "sign-in", userId: "ada" });
  const signedIn = await api("/sign-in/passkey", { token: body.token });
  assert.deepEqual(signedIn, { status: 200, body: { userId: "ada" } });
});

test("a payment asks an enrolled person for the passkey, and takes no result of another action", async () => {
  await enroll("ada");
  const asked = await api("/payments", { userId: "ada" });
  assert.equal(asked.status, 403);
  const paid = await emulator("/passkeys/sign-in", { token: asked.body.token });
  assert.equal((await api("/payments", { userId: "ada", token: paid.body.token })).status, 204);
  const other = await emulator("/passkeys/sign-in", { action: "sign-in", userId: "ada" });
  assert.equal((await api("/payments", { userId: "ada", token: other.body.token })).status, 403);
});

test("a service that answers 500 once fails one sign-in", async () => {
  await enroll("ada");
  const { body } = await emulator("/passkeys/sign-in", { action: "sign-in", userId: "ada" });
  await emulator("/faults", { path: "/v1/validate", status: 500, count: 1 });
  assert.equal((await api("/sign-in/passkey", { token: body.token })).status, 502);
  assert.equal((await api("/sign-in/passkey", { token: body.token })).status, 200);
});
