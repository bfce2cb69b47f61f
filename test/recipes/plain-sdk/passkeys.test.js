import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, test } from "node:test";
import {
  createClientApi,
  createSoftAuthenticator,
  guardSuite,
  startEmulatorFor,
} from "authsignal-emulator/testing";
import { createApp } from "./app.js";

guardSuite(afterEach);

const origin = "https://shop.example.com";
let kit;
let server;
before(async () => {
  kit = await startEmulatorFor({ origin });
  server = createApp(kit.authsignal).listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(async () => {
  server.close();
  await kit.close();
});

function post(path, body) {
  return fetch(`http://127.0.0.1:${server.address().port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** A browser with the web SDK, whose person has one authenticator. */
function newBrowser() {
  return createClientApi({ ...kit.browser, origin, authenticator: createSoftAuthenticator() });
}

async function enroll(userId, browser) {
  const { token } = await (await post("/passkeys/token", { userId })).json();
  await browser.signUp({ token });
}

test("a person signs in with the passkey that she enrolled", async () => {
  const browser = newBrowser();
  await enroll("ada", browser);
  const token = await browser.signIn({ action: "sign-in" });
  assert.deepEqual(await (await post("/sign-in", { token })).json(), { userId: "ada" });
});

test("a result token of another action signs nobody in", async () => {
  const browser = newBrowser();
  await enroll("bob", browser);
  const token = await browser.signIn({ action: "pay" });
  assert.equal((await post("/sign-in", { token })).status, 401);
});

test("a phishing page gets no token, and the journal says why", async () => {
  const browser = newBrowser();
  await enroll("carl", browser);
  const fault = { clientData: { origin: "https://shop.example.com.evil.example" } };
  await assert.rejects(browser.signIn({ action: "sign-in", fault }), { errorCode: "invalid_credential" });
  const [refused] = kit.emulator.journal({ refused: true });
  assert.match(refused.reason, /is not among the tenant's expected origins/);
});
