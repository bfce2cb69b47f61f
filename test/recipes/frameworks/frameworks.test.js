import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, test } from "node:test";
import {
  createClientApi,
  createSoftAuthenticator,
  guardSuite,
  startEmulatorFor,
} from "authsignal-emulator/testing";
import * as fastify from "./fastify.js";
import * as hono from "./hono.js";
import * as koa from "./koa.js";

guardSuite(afterEach);

const origin = "https://shop.example.com";
let kit;
before(async () => {
  kit = await startEmulatorFor({ origin });
});
after(() => kit?.close());

const headers = { "content-type": "application/json" };

/** Without a server. */
async function injected(app, url, payload) {
  const { statusCode, payload: text } = await app.inject({ method: "POST", url, payload });
  return { status: statusCode, text };
}

async function requested(app, path, body) {
  const answer = await app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
}

async function fetched(url, body) {
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
}

async function signInsOf(post) {
  const browser = createClientApi({ ...kit.browser, origin, authenticator: createSoftAuthenticator() });
  const { token } = JSON.parse((await post("/passkeys/token", { userId: "ada" })).text);
  await browser.signUp({ token });
  const signedIn = await post("/sign-in", { token: await browser.signIn({ action: "sign-in" }) });
  assert.deepEqual(signedIn, { status: 200, text: '{"userId":"ada"}' });
  const refused = await post("/sign-in", { token: await browser.signIn({ action: "pay" }) });
  assert.equal(refused.status, 401);
}

afterEach(() => kit.emulator.reset());

test("Fastify, by inject", async () => {
  const app = fastify.createApp(kit.authsignal);
  await signInsOf((path, body) => injected(app, path, body));
  await app.close();
});

test("Fastify, by a server on every address", async () => {
  const app = fastify.createApp(kit.authsignal);
  await app.listen({ port: 0, host: "0.0.0.0" });
  const { port } = app.server.address();
  await signInsOf((path, body) => fetched(`http://127.0.0.1:${port}${path}`, body));
  await app.close();
});

test("Hono, by request", async () => {
  const app = hono.createApp(kit.authsignal);
  await signInsOf((path, body) => requested(app, path, body));
});

test("Koa, by a server", async () => {
  const server = koa.createApp(kit.authsignal).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await signInsOf((path, body) => fetched(`http://127.0.0.1:${port}${path}`, body));
  server.close();
});
