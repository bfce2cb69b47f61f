import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
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
beforeAll(async () => {
  kit = await startEmulatorFor({ origin });
  server = createApp(kit.authsignal).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
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

test("a passkey signs in, and only for its action", async () => {
  const browser = createClientApi({ ...kit.browser, origin, authenticator: createSoftAuthenticator() });
  const { token } = await post("/passkeys/token", { userId: "ada" });
  await browser.signUp({ token });
  const signedIn = await browser.signIn({ action: "sign-in" });
  expect(await post("/sign-in", { token: signedIn })).toEqual({ userId: "ada" });
  const paid = await browser.signIn({ action: "pay" });
  expect(await post("/sign-in", { token: paid })).toBe(401);
});
