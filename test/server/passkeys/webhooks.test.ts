/** Authsignal's webhooks: genuine ones are believed once, every other request changes nothing. */
import { createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import express from "express";
import request from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defaultTenant } from "../../../server/emulator/index.ts";
import { createWebhookRouter } from "../../../server/passkeys/index.ts";
import type { Notice } from "../../../server/passkeys/ports/notices.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { api } from "../../kit/flows.ts";
import { closeServer, listen } from "../../kit/listen.ts";
import { answering } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

interface Delivery {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

const path = "/authsignal/webhooks";
let lab: Lab;
let sent: Notice[] = [];
/** What the emulator has sent, before the app gets it. */
let deliveries: Delivery[] = [];
let forwards = true;
let secret = "";
const relay = createServer(async (req, res) => {
  const delivery = { body: await text(req), headers: req.headers };
  deliveries.push(delivery);
  res.statusCode = forwards ? (await deliver(delivery)).status : 200;
  res.end();
});
beforeAll(async () => {
  const { url } = await listen(relay);
  lab = await startLab({
    tenant: { webhook: { url, retryAfter: 10 } },
    notify: async (notice) => void sent.push(notice),
  });
  secret = defaultTenant.secret;
});
beforeEach(async () => {
  await lab.emulator.webhooksSettled();
  await lab.sendNotices();
  [sent, deliveries, forwards] = [[], [], true];
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
  await closeServer(relay);
});

function deliver({ body, headers }: Delivery) {
  const signature = headers["x-signature-v2"];
  return request(lab.url)
    .post(path)
    .set("Content-Type", "application/json")
    .set(signature === undefined ? {} : { "X-Signature-V2": String(signature) })
    .send(body);
}

function signed(content: unknown, { key = secret, seconds = Date.now() / 1000, body = "" } = {}): Delivery {
  const sentBody = body || JSON.stringify(content);
  const at = Math.floor(seconds);
  const signature = createHmac("sha256", key)
    .update(`${at}.${sentBody}`)
    .digest("base64")
    .replaceAll("=", "");
  return { body: sentBody, headers: { "x-signature-v2": `t=${at},v2=${signature}` } };
}

function change(type: string, { user }: Pick<Person, "user">, authenticatorId: string, method = "PASSKEY") {
  const data = { userId: user.id, userAuthenticatorId: authenticatorId, verificationMethod: method };
  return { version: 1, id: randomUUID(), source: "https://authsignal.com", tenantId: "t", type, data };
}

async function eventsOf({ user }: Pick<Person, "user">): Promise<readonly string[]> {
  const { traffic } = lab.storage;
  const rows = await traffic
    .selectFrom("audit_events")
    .select("event")
    .where("user_id", "=", user.id)
    .orderBy("at")
    .execute();
  return rows.map(({ event }) => event);
}

const isSignedIn = async ({ agent }: Pick<Person, "agent">) =>
  (await agent.get(api("getSession")).expect(200)).body.user !== null;

/** As the portal does: past this app, through the tenant's own API. */
async function atAuthsignal(method: string, where: string, body?: object): Promise<void> {
  const answer = await fetch(`${lab.emulator.apiUrl}${where}`, {
    method,
    headers: { Authorization: `Basic ${Buffer.from(`${secret}:`).toString("base64")}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${where} answered ${answer.status}.`);
}

async function withPasskey(): Promise<Person & { readonly passkeyId: string }> {
  const person = await lab.person("passkey");
  const { passkeys } = await lab.authsignal.listAuthenticators(person.user.id);
  await lab.emulator.webhooksSettled();
  await lab.sendNotices();
  // Events are written in the background.
  await expect.poll(() => eventsOf(person)).toContain("passkey.enrolled");
  [sent, deliveries] = [[], []];
  return { ...person, passkeyId: String(passkeys[0]?.id) };
}

async function settled(): Promise<readonly Notice[]> {
  await lab.emulator.webhooksSettled();
  await lab.sendNotices();
  return sent;
}

describe("over HTTP, from the emulator:", () => {
  test("a passkey that is removed in the portal ends the sessions that a passkey made, and is told", async () => {
    const person = await withPasskey();
    const [byPasskey, byCode] = [lab.agent(), lab.agent()];
    await lab.signInWithPasskey(byPasskey, person.authenticator);
    await lab.signInWithOtp(byCode, person.user.email);
    sent = [];
    await atAuthsignal("DELETE", `/users/${person.user.id}/authenticators/${person.passkeyId}`);
    const told = (await settled()).filter(({ kind }) => kind === "passkey_removed");
    expect(told).toMatchObject([{ by: "elsewhere", to: person.user.email }]);
    await expect.poll(() => eventsOf(person)).toContain("passkey.vanished");
    expect(await isSignedIn({ agent: byPasskey })).toBe(false);
    expect(await isSignedIn({ agent: byCode })).toBe(true);
  });

  test("an authenticator that is added past this API is an event and a notice", async () => {
    const person = await withPasskey();
    await lab.enrollEmail(person.user.id, person.user.email);
    expect(await settled()).toMatchObject([
      { kind: "authenticator_added", by: "elsewhere", subject: "email otp" },
    ]);
    await expect.poll(() => eventsOf(person)).toContain("authenticator.appeared");
  });

  test("a passkey that is added here is told once, with its browser", async () => {
    const person = await lab.person();
    await lab.enrollPasskey(person.agent.set("User-Agent", "Firefox/140.0"), person.authenticator);
    await settled();
    lab.advance(200_000);
    const told = (await settled()).filter(({ kind }) => kind === "passkey_added");
    expect(told).toMatchObject([{ by: "user", browser: "Firefox" }]);
  });

  test("a passkey that is removed here ends no session and is told once", async () => {
    const person = await withPasskey();
    const elsewhere = lab.agent();
    await lab.signInWithPasskey(elsewhere, person.authenticator);
    sent = [];
    await person.agent.delete(`/api/passkeys/${person.passkeyId}`).expect(204);
    const told = (await settled()).filter(({ kind }) => kind === "passkey_removed");
    expect(told).toMatchObject([{ by: "user" }]);
    expect(await eventsOf(person)).not.toContain("passkey.vanished");
    expect(await isSignedIn({ agent: elsewhere })).toBe(true);
  });

  test("what is sent again after an outage of Authsignal is taken then", async () => {
    const person = await withPasskey();
    forwards = false;
    await atAuthsignal("DELETE", `/users/${person.user.id}/authenticators/${person.passkeyId}`);
    await settled();
    const [delivery] = deliveries;
    if (delivery === undefined) throw new Error("The emulator sent no webhook.");
    lab.line.fail(answering(`/users/${person.user.id}/authenticators`, { error: "down" }, 500));
    try {
      await deliver(delivery).expect(503);
    } finally {
      lab.line.fail(null);
    }
    expect(await eventsOf(person)).not.toContain("passkey.vanished");
    await deliver(delivery).expect(204);
    await expect.poll(() => eventsOf(person)).toContain("passkey.vanished");
  });

  test("a webhook that comes ten times at once and once more later is taken once", async () => {
    const person = await withPasskey();
    forwards = false;
    await atAuthsignal("DELETE", `/users/${person.user.id}/authenticators/${person.passkeyId}`);
    await settled();
    const [delivery] = deliveries;
    if (delivery === undefined) throw new Error("The emulator sent no webhook.");
    await Promise.all(Array.from({ length: 10 }, () => deliver(delivery).expect(204)));
    await deliver(delivery).expect(204);
    await expect.poll(() => eventsOf(person)).toContain("passkey.vanished");
    expect((await eventsOf(person)).filter((name) => name === "passkey.vanished")).toHaveLength(1);
    expect((await settled()).filter(({ kind }) => kind === "passkey_removed")).toHaveLength(1);
  });

  test("what was created and removed again is right, also when the removal comes first", async () => {
    const person = await lab.person();
    forwards = false;
    await lab.enrollmentToken(person.agent, person.authenticator);
    const { passkeys } = await lab.authsignal.listAuthenticators(person.user.id);
    await atAuthsignal("DELETE", `/users/${person.user.id}/authenticators/${passkeys[0]?.id}`);
    await settled();
    const inOrder = deliveries.filter(({ body }) => /authenticator\.(created|deleted)/.test(body));
    expect(inOrder).toHaveLength(2);
    for (const delivery of inOrder.toReversed()) await deliver(delivery).expect(204);
    await expect.poll(() => eventsOf(person)).toContain("passkey.vanished");
    const names = await eventsOf(person);
    expect(names.filter((name) => name === "passkey.vanished")).toHaveLength(1);
    expect(names).not.toContain("passkey.appeared");
  });
});

describe("a request that is no webhook of this tenant, just now, is a 401 and changes nothing:", () => {
  const minutes = (count: number) => Date.now() / 1000 + count * 60;
  type Forge = (content: object) => Delivery;
  test.each<[string, Forge]>([
    ["without a signature", (content) => ({ body: JSON.stringify(content), headers: {} })],
    ["with an empty signature", (content) => ({ ...signed(content), headers: { "x-signature-v2": "" } })],
    ["signed with another secret", (content) => signed(content, { key: "another secret" })],
    ["six minutes old", (content) => signed(content, { seconds: minutes(-6) })],
    ["six minutes ahead", (content) => signed(content, { seconds: minutes(6) })],
    ["with the signature of another body", (content) => ({ ...signed({}), body: JSON.stringify(content) })],
    [
      "with a newer time than was signed",
      (content) => {
        const { body, headers } = signed(content, { seconds: minutes(-60) });
        const header = String(headers["x-signature-v2"]).replace(/t=\d+/, `t=${Math.floor(minutes(0))}`);
        return { body, headers: { "x-signature-v2": header } };
      },
    ],
    [
      "without a time",
      (content) => {
        const { body, headers } = signed(content);
        return {
          body,
          headers: { "x-signature-v2": String(headers["x-signature-v2"]).replace(/t=\d+,/, "") },
        };
      },
    ],
    [
      "of the first version of signatures",
      (content) => {
        const { body, headers } = signed(content);
        return {
          body,
          headers: { "x-signature-v2": String(headers["x-signature-v2"]).replace("v2=", "v1=") },
        };
      },
    ],
    ["signed, but no JSON", () => signed({}, { body: "{" })],
    ["with nothing in it", () => ({ body: "", headers: {} })],
  ])("%s", async (_, forge) => {
    const person = await withPasskey();
    const answer = await deliver(forge(change("authenticator.deleted", person, person.passkeyId)));
    expect(answer.status).toBe(401);
    expect(await isSignedIn(person)).toBe(true);
    expect(await eventsOf(person)).not.toContain("passkey.vanished");
    expect(await settled()).toEqual([]);
  });
});

test.each<[string, Readonly<Record<string, string>>, string | Buffer, number]>([
  ["too large", {}, "x".repeat(2 * 1024 * 1024 + 1), 413],
  ["in an encoding that nobody knows", { "Content-Encoding": "zip" }, "{}", 415],
  ["compressed, which would make 2 MB of 2 kB,", { "Content-Encoding": "gzip" }, gzipSync("{}"), 415],
])(
  "a request %s is refused at the webhook's route as a fault of its sender",
  async (_, headers, body, status) => {
    const answer = await request(lab.url).post(path).set(headers).send(body);
    expect(answer.status).toBe(status);
    expect(lab.logs().filter((line) => line.includes("internal_error"))).toEqual([]);
  },
);

describe("a genuine webhook changes nothing", () => {
  test.each<[string, (person: Person & { passkeyId: string }) => unknown]>([
    [
      "about a removed passkey that is there",
      (person) => change("authenticator.deleted", person, person.passkeyId),
    ],
    [
      "about an added passkey that is not there",
      (person) => change("authenticator.created", person, "p-none"),
    ],
    ["about an updated passkey", (person) => change("authenticator.updated", person, person.passkeyId)],
    [
      "about a user of another app",
      () => change("authenticator.deleted", { user: { id: "u", email: "" } }, "p"),
    ],
    [
      "about a user whose id would be another path",
      () => change("authenticator.deleted", { user: { id: "../u", email: "" } }, "p"),
    ],
    ["with records of a log", () => ({ records: [{ id: "1" }, { id: "2" }] })],
    ["with a list", () => []],
    ["with null", () => null],
  ])("%s", async (_, contentOf) => {
    const person = await withPasskey();
    const before = await eventsOf(person);
    await deliver(signed(contentOf(person))).expect(204);
    expect(await eventsOf(person)).toEqual(before);
    expect(await isSignedIn(person)).toBe(true);
    expect(await settled()).toEqual([]);
  });
});

test("behind express.json() the webhook's route says what to do", async () => {
  const faults: unknown[] = [];
  const now = () => new Date();
  const app = express();
  const sessions = createCookieSessions({
    store: lab.storage.sessionStore,
    secret: "a secret of more than thirty-two characters",
    secure: false,
    now,
  });
  const options = {
    authsignal: lab.authsignal,
    users: createSqlUsers(lab.storage.accounts, now),
    sessions,
    storage: lab.storage,
    browser: { tenantId: "tenant", baseUrl: lab.emulator.apiUrl, rpId: "localhost" },
    origins: [lab.origin],
  };
  app.use(express.json(), createWebhookRouter(options));
  app.use((error: unknown, _req: unknown, res: express.Response, _next: unknown) => {
    faults.push(error);
    res.sendStatus(500);
  });
  await request(app).post("/").send({ id: "1" }).expect(500);
  expect(String(faults[0])).toContain("before express.json()");
  const { readWebhook: _, ...without } = lab.authsignal;
  expect(() => createWebhookRouter({ ...options, authsignal: without })).toThrow("createSdkGateway");
});
