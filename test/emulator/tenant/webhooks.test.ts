import { createServer, type IncomingMessage } from "node:http";
import { Webhook } from "@authsignal/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../../server/emulator/index.ts";
import { closeServer, listen } from "../../kit/listen.ts";
import {
  callersOf,
  enrollEmail,
  enrolled,
  newUserId,
  type Running,
  secret,
  testTenant,
} from "../running-emulator.ts";

interface Delivery {
  readonly signature: string;
  readonly body: string;
}

let deliveries: Delivery[] = [];
let statuses: number[] = [];
let hook: string;
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
  hook = `${url}/hook`;
  const webhook = { url: hook, retryAfter: 1 };
  const actions = { guarded: { verifyWebhook: `${url}/verify` } };
  emulator = await startEmulator({
    tenants: [testTenant({ secrets: [secret, "emulator-second"], webhook, actions })],
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

test("a code that a browser asks for carries what was tracked, and the user's locale", async () => {
  const userId = newUserId();
  const email = "tracked@example.com";
  await running.authsignal.updateUser({ userId, attributes: { locale: "fr" } });
  const tracked = { userAgent: "Browser/1", ipAddress: "203.0.113.7" };
  const send = async (attributes: object) => {
    const { token } = await running.authsignal.track({
      userId,
      action: "a",
      attributes: { email, ...attributes },
    });
    await running.post("/challenge/email-otp", {}, token);
    return events().at(-1).data;
  };
  expect(await send(tracked)).toMatchObject({ ...tracked, locale: "fr" });
  expect(await send({ ...tracked, locale: "de" })).toMatchObject({ locale: "de" });
});

test("authenticator events have the documented flat shape", async () => {
  const { userId } = await enrolled(running);
  await emulator.webhooksSettled();
  const [created] = events();
  expect(created.data).toEqual({
    userId,
    verificationMethod: "PASSKEY",
    createdAt: expect.any(String),
    userAuthenticatorId: expect.any(String),
    credentialId: expect.any(String),
    aaguid: expect.any(String),
    credentialName: "Passkey",
  });
  await running.authsignal.deleteUser({ userId });
  await emulator.webhooksSettled();
  expect(events().at(-1)).toMatchObject({
    type: "authenticator.deleted",
    data: {
      createdAt: created.data.createdAt,
      deletedAt: expect.any(String),
      credentialId: created.data.credentialId,
    },
  });
});

test("a passkey's public key is announced only if the tenant asks for it", async () => {
  const webhook = { url: hook, includeCredentialPublicKey: true };
  await using other = await startEmulator({ tenants: [testTenant({ webhook })] });
  await enrolled(callersOf(other));
  await other.webhooksSettled();
  expect(events()[0].data.credentialPublicKey).toMatch(/^[\w-]{80,}$/);
});

test("action.verify is sent before a challenge succeeds, and blocks it unless it is accepted", async () => {
  const { userId, client } = await enrolled(running);
  const signIn = async () =>
    client.signInWithToken({ token: await running.track(userId, { action: "guarded" }) });
  await emulator.webhooksSettled();
  statuses = [403, 200];
  await expect(signIn()).rejects.toMatchObject({ errorCode: "invalid_request" });
  const actions = await running.authsignal.queryUserActions({ userId });
  expect(actions.find(({ actionCode }) => actionCode === "guarded")?.state).toBe("CHALLENGE_REQUIRED");
  const token = await signIn();
  expect(await running.authsignal.validateChallenge({ token })).toMatchObject({ isValid: true });
  const [passkey] = await running.authsignal.getAuthenticators({ userId });
  const event = events().at(-1);
  expect(event.type).toBe("action.verify");
  expect(event.data).toEqual({
    userId,
    action: "guarded",
    idempotencyKey: expect.any(String),
    verifiedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    state: "CHALLENGE_SUCCEEDED",
    verificationMethod: "PASSKEY",
    userAuthenticatorId: passkey?.userAuthenticatorId,
  });
});

test("a code that action.verify refused can be entered again", async () => {
  const userId = newUserId();
  const email = "again@example.com";
  await enrollEmail(running, userId, email);
  const token = await running.track(userId, { action: "guarded" });
  await running.post("/challenge/email-otp", {}, token);
  const verify = () => running.post("/verify/email-otp", { verificationCode: running.code(email) }, token);
  await emulator.webhooksSettled();
  statuses = [403, 200];
  expect(await verify()).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
  expect(await verify()).toMatchObject({ status: 200, body: { isVerified: true } });
});

test("a claim that action.verify refused can be repeated", async () => {
  const email = "claim@example.com";
  const { authsignal } = running;
  const challenge = { verificationMethod: "EMAIL_OTP", action: "guarded", email } as const;
  const { challengeId } = await authsignal.challenge(challenge);
  await authsignal.verify({ challengeId, verificationCode: running.code(email) });
  const claim = () => authsignal.claimChallenge({ challengeId, userId: "claimer" });
  statuses = [403, 200];
  await expect(claim()).rejects.toMatchObject({ errorCode: "invalid_request" });
  expect(await claim()).toMatchObject({ verificationMethod: "EMAIL_OTP" });
  await expect(claim()).rejects.toMatchObject({ errorCode: "invalid_request" });
});

test("action.verify is not sent for an action in review, whose state stays", async () => {
  const { userId, client } = await enrolled(running);
  emulator.seed({ actions: [{ actionCode: "guarded", outcome: "REVIEW" }] });
  await client.signInWithToken({ token: await running.track(userId, { action: "guarded" }) });
  await emulator.webhooksSettled();
  expect(events().map(({ type }) => type)).not.toContain("action.verify");
});
