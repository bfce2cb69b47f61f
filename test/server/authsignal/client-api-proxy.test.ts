/** The same-origin way to Authsignal: whole ceremonies pass, and nothing else does. */
import type { IncomingMessage, RequestListener } from "node:http";
import express, { type Express } from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type ClientApiProxyOptions,
  createClientApiProxy,
} from "../../../server/authsignal/client-api-proxy.ts";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import { createLogger } from "../../../server/http/log.ts";
import { captureLog } from "../../kit/captured-log.ts";
import { createClientApi } from "../../kit/client-api.ts";
import { type EmulatorFor, startEmulatorFor } from "../../kit/emulator-for.ts";
import { withServer } from "../../kit/listen.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";

const origin = "http://localhost:3000";
const secret = "Basic dGVuYW50Og==";

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage(() => new Date());
});
afterAll(() => storage.close());

function proxyApp(
  apiUrl: string,
  options: Partial<Pick<ClientApiProxyOptions, "deadlineMs" | "limit" | "limiter" | "tenantId">> = {},
  log = captureLog(),
): Express {
  const app = express();
  app.set("trust proxy", 1);
  const { limiter } = storage;
  app.use(
    "/authsignal/v1",
    createClientApiProxy({
      apiUrl,
      tenantId: "tenant",
      origins: [origin],
      limiter,
      allowEmulator: true,
      ...options,
    }),
  );
  app.use(createErrorHandler(createLogger(log.destination)));
  return app;
}

describe("in front of the emulator", () => {
  let kit: EmulatorFor;
  beforeAll(async () => {
    kit = await startEmulatorFor();
  });
  afterAll(() => kit?.close());

  test("The proxy forwards the registration and the use of a passkey", async () => {
    const { tenantId } = kit.browser;
    await withServer(proxyApp(kit.authsignal.apiUrl, { tenantId }), async (url) => {
      const authenticator = createSoftAuthenticator();
      const browser = { ...kit.browser, baseUrl: `${url}/authsignal/v1` };
      const api = createClientApi({ ...browser, origin, authenticator });
      const tracked = await fetch(`${kit.authsignal.apiUrl}/users/u-1/actions/enroll-passkey`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Basic ${Buffer.from(`${kit.authsignal.apiSecretKey}:`).toString("base64")}`,
        },
        body: JSON.stringify({ scope: "add:authenticators" }),
      });
      const { token }: { token: string } = await tracked.json();
      const result = await api.signUp({ token });
      const list = await request(url)
        .get("/authsignal/v1/client/user-authenticators")
        .set("Authorization", `Bearer ${result}`)
        .expect(200);
      expect(list.body).toMatchObject([{ verificationMethod: "PASSKEY" }]);
      await expect(api.signIn({ action: "sign-in-with-passkey" })).resolves.toBeTypeOf("string");
    });
  });

  test("The proxy forwards Authsignal's refusal unchanged", async () => {
    const { tenantId } = kit.browser;
    const refused = await request(proxyApp(kit.authsignal.apiUrl, { tenantId }))
      .post("/authsignal/v1/client/challenge")
      .set("Origin", origin)
      .set("Authorization", tokenOf({ other: { tenantId } }))
      .send({ action: "sign-in-with-passkey" })
      .expect(401);
    expect(refused.body.errorCode).toBe("invalid_token");
  });
});

test("The proxy forwards the body, Authorization and User-Agent, and no other header", async () => {
  const seen: { headers: IncomingMessage["headers"]; body: string }[] = [];
  const listener: RequestListener = (req, res) => {
    let body = "";
    req.on("data", (part) => {
      body += part;
    });
    req.on("end", () => {
      seen.push({ headers: req.headers, body });
      res.setHeader("Set-Cookie", "upstream=1").setHeader("X-Upstream", "1").end('{"challengeId":"c"}');
    });
  };
  await withServer(listener, async (url) => {
    const answer = await request(proxyApp(`${url}/v1`))
      .post("/authsignal/v1/client/challenge")
      .set({ Origin: origin, Authorization: secret, Cookie: "session=s", "X-Forwarded-For": "192.0.2.1" })
      .set({ "User-Agent": "Browser", Referer: `${origin}/sign-in`, "X-Own": "1" })
      .send({ action: "a" })
      .expect(200);
    expect(answer.body).toEqual({ challengeId: "c" });
    expect(answer.get("Set-Cookie")).toBeUndefined();
    expect(answer.get("X-Upstream")).toBeUndefined();
    expect(answer.get("Cache-Control")).toBe("no-store");
  });
  const [passed] = seen;
  expect(passed?.body).toBe('{"action":"a"}');
  expect(passed?.headers).toMatchObject({ authorization: secret, "user-agent": "Browser" });
  // The rest is fetch's own.
  const ofFetch = [
    "host",
    "connection",
    "accept",
    "accept-encoding",
    "accept-language",
    "content-length",
    "content-type",
    "sec-fetch-mode",
  ];
  const more = Object.keys(passed?.headers ?? {}).filter((name) => !ofFetch.includes(name));
  expect(more.sort()).toEqual(["authorization", "user-agent"]);
});

test.each([
  ["/client/challenge", { action: "a" }, { custom: { a: 1 }, userId: "u-1", email: "jane@example.com" }],
  [
    "/client/user-authenticators/passkey/authentication-options",
    { challengeId: "c" },
    { username: "jane@example.com", userId: "u-1" },
  ],
  [
    "/client/user-authenticators/passkey/registration-options",
    { username: "random", authenticatorAttachment: "platform" },
    { userId: "u-2", scope: "add:authenticators" },
  ],
  ["/client/verify/passkey", { challengeId: "c", authenticationCredential: { id: "i" } }, { username: "x" }],
])("The proxy forwards to %s only the members that the SDKs send", async (path, known, more) => {
  const bodies: string[] = [];
  const listener: RequestListener = (req, res) => {
    req.on("data", (part) => void bodies.push(String(part)));
    req.on("end", () => res.end("{}"));
  };
  await withServer(listener, async (url) => {
    await request(proxyApp(`${url}/v1`))
      .post(`/authsignal/v1${path}`)
      .set({ Origin: origin, Authorization: secret })
      .send({ ...more, ...known })
      .expect(200);
  });
  expect(JSON.parse(bodies.join(""))).toEqual(known);
});

/** A token as Authsignal makes them, unsigned. */
function tokenOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `Bearer ${part({ alg: "HS256" })}.${part(claims)}.signature`;
}

test.each([
  ["our tenant's id", "Basic dGVuYW50", 200],
  ["our tenant's id with a colon", secret, 200],
  ["our tenant's id without padding", secret.replace(/=+$/, ""), 200],
  ["our tenant's id and another one behind its end", "Basic dGVuYW50Og==b3RoZXI6", 401],
  ["our tenant's id among other characters", "Basic dGVu.YW50", 401],
  ["another tenant's id", `Basic ${Buffer.from("other:").toString("base64")}`, 401],
  ["our tenant's id and a password", `Basic ${Buffer.from("tenant:password").toString("base64")}`, 401],
  ["a token of our tenant", tokenOf({ other: { tenantId: "tenant" } }), 200],
  ["a token whose issuer is our tenant", tokenOf({ iss: "https://challenge.authsignal.com/tenant" }), 200],
  ["a token of another tenant", tokenOf({ other: { tenantId: "other" } }), 401],
  ["a token that names no tenant", tokenOf({ sub: "u-1" }), 401],
  ["a text that is no token", "Bearer x", 401],
])("The proxy answers a request with %s as described", async (_, authorization, status) => {
  let reached = 0;
  const listener: RequestListener = (_req, res) => {
    reached += 1;
    res.end('{"challengeId":"c"}');
  };
  await withServer(listener, async (url) => {
    await request(proxyApp(`${url}/v1`))
      .post("/authsignal/v1/client/challenge")
      .set({ Origin: origin, Authorization: authorization })
      .send({ action: "a" })
      .expect(status);
  });
  expect(reached).toBe(status === 200 ? 1 : 0);
});

test.each([1000, 5000, 10_000])(
  "The proxy refuses or forwards JSON that is nested %i deep, and takes it for no outage",
  async (depth) => {
    const nested = `{"challengeId":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    await withServer(
      (_req, res) => res.end("{}"),
      async (url) => {
        const { status } = await request(proxyApp(`${url}/v1`))
          .post("/authsignal/v1/client/user-authenticators/passkey/authentication-options")
          .set({ Origin: origin, Authorization: secret, "Content-Type": "application/json" })
          .send(nested);
        expect([200, 400]).toContain(status);
      },
    );
  },
);

describe("a visitor who asks too often", () => {
  const limit = { points: 3, seconds: 60 };

  test("The proxy answers a visitor over the limit with 429 and the SDK's error, without a request to Authsignal", async () => {
    let reached = 0;
    const listener: RequestListener = (_req, res) => {
      reached += 1;
      res.end('{"challengeId":"c"}');
    };
    await withServer(listener, async (url) => {
      const app = proxyApp(`${url}/v1`, { limit });
      const ask = (ip: string) =>
        request(app)
          .post("/authsignal/v1/client/challenge")
          .set({ Origin: origin, Authorization: secret, "X-Forwarded-For": ip })
          .send({ action: "a" });
      for (let round = 0; round < 3; round += 1) await ask("198.51.100.1").expect(200);
      const refused = await ask("198.51.100.1")
        .expect(429)
        .expect("Content-Type", /^application\/problem\+json/);
      expect(refused.body).toMatchObject({
        code: "rate_limited",
        retryAfter: expect.any(Number),
        error: "too_many_requests",
        errorCode: "too_many_requests",
      });
      expect(refused.get("Retry-After")).toBe(String(refused.body.retryAfter));
      expect(reached).toBe(3);
      // Somebody else, also in the same IPv6 provider's range, is not held back.
      await ask("198.51.100.2").expect(200);
      for (let round = 0; round < 3; round += 1) await ask(`2001:db8:0:1::${round + 1}`).expect(200);
      await ask("2001:db8:0:1::9").expect(429);
      await ask("2001:db8:0:ff::1").expect(429);
      await ask("2001:db8:0:100::1").expect(200);
    });
  });
});

describe("refuses", () => {
  const unreachable: RequestListener = (_req, res) => {
    res.writeHead(500).end('{"reached":true}');
  };

  test.each<[string, string, string, Record<string, string>, string | object, number]>([
    ["a path of the Server API", "POST", "/users/u-1", {}, {}, 404],
    ["a path with `..`", "POST", "/client/../users/u-1", {}, {}, 404],
    ["a path with an encoded `..`", "POST", "/client/%2e%2e/users/u-1", {}, {}, 404],
    ["another method of an allowed path", "GET", "/client/challenge", {}, {}, 404],
    ["the method DELETE", "DELETE", "/client/user-authenticators/passkey", {}, {}, 404],
    ["a path for codes by SMS", "POST", "/client/challenge/sms", {}, {}, 404],
    ["no authorization", "POST", "/client/challenge", { Authorization: "" }, {}, 401],
    [
      "an authorization of another kind",
      "POST",
      "/client/challenge",
      { Authorization: "Digest a=b" },
      {},
      401,
    ],
    ["the origin of another site", "POST", "/client/challenge", { Origin: "https://evil.example" }, {}, 403],
    [
      "a form",
      "POST",
      "/client/challenge",
      { "Content-Type": "application/x-www-form-urlencoded" },
      "a=b",
      415,
    ],
    ["broken JSON", "POST", "/client/challenge", { "Content-Type": "application/json" }, '{"a":', 400],
    ["a body that is too large", "POST", "/client/challenge", {}, { a: "x".repeat(70_000) }, 413],
  ])("The proxy refuses a request with %s", async (_, method, path, headers, body, status) => {
    await withServer(unreachable, async (url) => {
      const test = request(proxyApp(`${url}/v1`))[method.toLowerCase() as "post"](`/authsignal/v1${path}`);
      const answer = await test.set({ Origin: origin, Authorization: secret, ...headers }).send(body);
      expect(answer.status).toBe(status);
      expect(answer.text).not.toContain("reached");
    });
  });

  test.each<[string, RequestListener]>([
    ["a page", (_req, res) => res.end("<h1>502</h1>")],
    ["too large", (_req, res) => res.end(JSON.stringify({ a: "x".repeat(300 * 1024) }))],
    ["later than the deadline", () => {}],
    ["a cut connection", (req) => req.socket.destroy()],
  ])("The proxy refuses an answer of Authsignal that is %s", async (_, listener) => {
    await withServer(listener, async (url) => {
      const answer = await request(proxyApp(`${url}/v1`, { deadlineMs: 200 }))
        .post("/authsignal/v1/client/challenge")
        .set({ Origin: origin, Authorization: secret })
        .send({});
      expect(answer.body).toMatchObject({ code: "upstream_unavailable", errorCode: "network_error" });
    });
  });

  test.each([301, 302, 303, 307, 308])(
    "The proxy refuses a redirect (%i) of Authsignal and does not follow it",
    async (status) => {
      const heard: string[] = [];
      const elsewhere: RequestListener = (req, res) => {
        heard.push(`${req.method} ${req.url}`);
        res.end('{"challengeId":"from elsewhere"}');
      };
      await withServer(elsewhere, async (location) => {
        const redirect: RequestListener = (_req, res) => res.writeHead(status, { Location: location }).end();
        await withServer(redirect, async (url) => {
          const answer = await request(proxyApp(`${url}/v1`))
            .post("/authsignal/v1/client/challenge")
            .set({ Origin: origin, Authorization: secret })
            .send({ action: "a" });
          expect(answer.status).toBe(503);
          expect(answer.body).toMatchObject({ code: "upstream_unavailable", errorCode: "network_error" });
        });
      });
      expect(heard).toEqual([]);
    },
  );

  test("The proxy refuses every request while the counters cannot be reached, and logs it", async () => {
    const limiter = () => ({
      spend: () => Promise.reject(new Error("The counters are away.")),
      giveBack: () => Promise.reject(new Error("The counters are away.")),
      blockedFor: () => Promise.reject(new Error("The counters are away.")),
      reset: () => Promise.reject(new Error("The counters are away.")),
    });
    const log = captureLog();
    await withServer(unreachable, async (url) => {
      const answer = await request(proxyApp(`${url}/v1`, { limiter }, log))
        .post("/authsignal/v1/client/challenge")
        .set({ Origin: origin, Authorization: secret })
        .send({});
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ code: "upstream_unavailable", errorCode: "network_error" });
    });
    expect(log.lines().join()).toContain("The counters are away.");
  });

  test("createClientApiProxy refuses an apiUrl without /v1", () => {
    const apiUrl = "https://api.authsignal.com";
    expect(() =>
      createClientApiProxy({ apiUrl, tenantId: "tenant", origins: [origin], limiter: storage.limiter }),
    ).toThrow("apiUrl");
  });
});
