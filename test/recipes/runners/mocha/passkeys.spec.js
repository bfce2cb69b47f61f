import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createClientApi,
  createSoftAuthenticator,
  guardSuite,
  startEmulatorFor,
} from "authsignal-emulator/testing";
import { after, afterEach, before, it } from "mocha";
import { createApp } from "./app.js";

guardSuite(afterEach);

const origin = "https://shop.example.com";
let kit;
let server;
before(async function () {
  // The first call in a process performs a ceremony: on a busy machine more than the two seconds of Mocha.
  this.timeout(60_000);
  kit = await startEmulatorFor({ origin });
  server = createApp(kit.authsignal).listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(async () => {
  server?.close();
  await kit?.close();
});

async function post(path, body) {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.ok ? await answer.json() : answer.status;
}

it("a passkey signs in, and only for its action", async () => {
  const browser = createClientApi({ ...kit.browser, origin, authenticator: createSoftAuthenticator() });
  const { token } = await post("/passkeys/token", { userId: "ada" });
  await browser.signUp({ token });
  const signedIn = await browser.signIn({ action: "sign-in" });
  assert.deepEqual(await post("/sign-in", { token: signedIn }), { userId: "ada" });
  const paid = await browser.signIn({ action: "pay" });
  assert.equal(await post("/sign-in", { token: paid }), 401);
});
