import { createServer, type IncomingMessage } from "node:http";
import { Webhook } from "@authsignal/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../../server/emulator/index.ts";
import { closeServer, listen } from "../../kit/listen.ts";
import { callersOf, newUserId, type Running, secret, testTenant } from "../running-emulator.ts";

interface Delivery {
  readonly signature: string;
  readonly body: string;
}

let deliveries: Delivery[] = [];
let statuses: number[] = [];
let emulator: Emulator;
let running: Running;
const receiver = createServer((request, response) => {
  void read(request).then((body) => {
    deliveries.push({ signature: String(request.headers["x-signature-v2"]), body });
    response.writeHead(statuses.shift() ?? 200).end();
  });
});

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

beforeEach(async () => {
  deliveries = [];
  statuses = [];
  const { url } = await listen(receiver);
  const webhook = { url: `${url}/hook`, retryAfter: 1 };
  emulator = await startEmulator({
    tenants: [testTenant({ secrets: [secret, "emulator-second"], webhook })],
  });
  running = callersOf(emulator);
});

afterEach(async () => {
  await emulator.close();
  await closeServer(receiver);
});

function events() {
  return deliveries.map(({ body }) => JSON.parse(body));
}

test("the SDK accepts the signature of an e-mail event for each active secret", async () => {
  await running.authsignal.challenge({
    verificationMethod: "EMAIL_OTP",
    action: "sign-in",
    email: "hook@example.com",
  });
  const [delivery] = deliveries;
  for (const apiSecretKey of [secret, "emulator-second"]) {
    const event = new Webhook(apiSecretKey).constructEvent(delivery?.body ?? "", delivery?.signature ?? "");
    expect(event).toMatchObject({
      type: "email.created",
      version: 1,
      data: { to: "hook@example.com", code: running.code("hook@example.com"), actionCode: "sign-in" },
    });
  }
  expect(() =>
    new Webhook("another").constructEvent(delivery?.body ?? "", delivery?.signature ?? ""),
  ).toThrow();
});

test("a challenge fails if the webhook does not accept its message", async () => {
  statuses = [500];
  await expect(
    running.authsignal.challenge({
      verificationMethod: "EMAIL_OTP",
      action: "sign-in",
      email: "no@example.com",
    }),
  ).rejects.toMatchObject({ statusCode: 400 });
});

test("created and deleted authenticators are announced, with retries", async () => {
  statuses = [503, 503, 200];
  const userId = newUserId();
  await running.client().signUp({ token: await running.track(userId) });
  await emulator.webhooksSettled();
  expect(events().map(({ type }) => type)).toEqual(Array(3).fill("authenticator.created"));
  expect(new Set(events().map(({ id }) => id)).size).toBe(1);

  const [passkey] = await running.authsignal.getAuthenticators({ userId });
  await running.authsignal.deleteAuthenticator({
    userId,
    userAuthenticatorId: passkey?.userAuthenticatorId ?? "",
  });
  await emulator.webhooksSettled();
  expect(events().at(-1)).toMatchObject({ type: "authenticator.deleted", data: { userId } });
});

test("an event is dropped after three retries", async () => {
  statuses = Array(9).fill(500);
  await running.client().signUp({ token: await running.track(newUserId()) });
  await emulator.webhooksSettled();
  expect(deliveries).toHaveLength(4);
});
