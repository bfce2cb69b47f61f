import { createHash, createPrivateKey, sign } from "node:crypto";
import { request as httpRequest } from "node:http";
import { Authsignal } from "@authsignal/node";
import { afterEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/index.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import {
  type Answer,
  callersOf,
  newUserId,
  origin,
  runEmulator,
  secret,
  secretAuthorization,
  send,
  testTenant,
} from "./running-emulator.ts";

const running = runEmulator({ tenants: [testTenant({ limits: "documented" })] });
afterEach(() => running.emulator.reset());

const control = (path: string, method = "GET", body?: unknown): Promise<Answer> =>
  send(`${running.emulator.url}/emulator${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

function sendCode(email: string) {
  return running.authsignal.challenge({ verificationMethod: "EMAIL_OTP", action: "sign-in", email });
}

describe("messages", () => {
  test("waits for a message that is still to come", async () => {
    const waiting = control("/messages/latest?to=late@example.com&wait=5000");
    await sendCode("late@example.com");
    expect((await waiting).body).toMatchObject({
      to: "late@example.com",
      code: running.code("late@example.com"),
    });
  });

  test("gives up waiting when nothing comes", async () => {
    expect((await control("/messages?to=never@example.com&wait=10")).body).toEqual([]);
    expect((await control("/messages/latest?to=never@example.com")).status).toBe(404);
  });

  test("tells only what came after a known message", async () => {
    await sendCode("many@example.com");
    const [first] = running.emulator.messages({ to: "many@example.com" });
    await sendCode("many@example.com");
    expect(running.emulator.messages({ to: "many@example.com", after: first?.messageId })).toHaveLength(1);
  });

  test("forgets messages to one address", async () => {
    await sendCode("one@example.com");
    await sendCode("two@example.com");
    await control("/messages?to=one@example.com", "DELETE");
    expect(running.emulator.messages().map(({ to }) => to)).toEqual(["two@example.com"]);
  });

  test("gives an address its fixed code until it runs out", async () => {
    const { clock } = running.emulator;
    const validUntil = new Date(clock.now() + 60_000).toISOString();
    await control("/fixed-codes", "PUT", { to: "fixed@example.com", code: "424242", validUntil });
    await sendCode("fixed@example.com");
    expect(running.code("fixed@example.com")).toBe("424242");
    clock.advance(61_000);
    await sendCode("fixed@example.com");
    expect(running.emulator.messages({ to: "fixed@example.com" })).toHaveLength(2);
    expect((await control("/fixed-codes", "PUT", { to: "a@example.com", code: "abc" })).status).toBe(400);
  });
});

describe("clock", () => {
  test("expires codes, tokens and ceremonies", async () => {
    const { clock } = running.emulator;
    const authenticator = createSoftAuthenticator();
    const userId = newUserId();
    const token = await running.track(userId);
    const options = await running.post("/user-authenticators/passkey/authentication-options", {});
    const { challengeId } = await sendCode("expiring@example.com");
    await running.client(authenticator).signUp({ token });

    await control("/clock", "PUT", { advance: 10 * 60_000 + 1_000 });
    expect(
      await running.authsignal.verify({ challengeId, verificationCode: "000000" }).catch(String),
    ).not.toMatchObject({
      isVerified: true,
    });
    expect(await running.post("/challenge/email-otp", {}, token)).toMatchObject({
      status: 401,
      body: { error: "expired_token", errorCode: "expired_token" },
    });
    expect(await running.authsignal.validateChallenge({ token })).toEqual({ isValid: false });
    const authenticationCredential = await authenticator.get(options.body.options, { origin });
    expect(
      await running.post("/verify/passkey", {
        authenticationCredential,
        challengeId: options.body.challengeId,
      }),
    ).toMatchObject({ status: 400, body: { errorCode: "invalid_request" } });
    expect(clock.frozen).toBe(false);
  });

  test("freezes, sets and resumes", async () => {
    const at = "2030-01-01T00:00:00.000Z";
    expect((await control("/clock", "PUT", { freeze: at })).body).toEqual({ now: at, isFrozen: true });
    expect((await control("/clock", "PUT", { advance: 1000 })).body.now).toBe("2030-01-01T00:00:01.000Z");
    expect((await control("/clock", "PUT", { resume: true })).body.isFrozen).toBe(false);
    expect((await control("/clock", "PUT", { set: "not a time" })).status).toBe(400);
  });

  test("reopens the limits when their windows have passed", async () => {
    running.emulator.clock.freeze();
    for (let sent = 0; sent < 12; sent += 1) await sendCode("busy@example.com");
    await expect(sendCode("busy@example.com")).rejects.toMatchObject({
      statusCode: 429,
      errorCode: "too_many_requests",
    });
    running.emulator.clock.advance(10 * 60_000);
    await sendCode("busy@example.com");
  });

  test("stops counting tries of a code after ten in five minutes", async () => {
    running.emulator.clock.freeze();
    const { challengeId } = await sendCode("guessed@example.com");
    const verificationCode = running.code("guessed@example.com");
    for (let tries = 0; tries < 10; tries += 1)
      await running.authsignal.verify({ challengeId, verificationCode: "x" });
    expect(await running.authsignal.verify({ challengeId, verificationCode })).toEqual({
      isVerified: false,
      failureReason: "MAX_ATTEMPTS_EXCEEDED",
    });
    running.emulator.clock.advance(5 * 60_000);
    expect(await running.authsignal.verify({ challengeId, verificationCode })).toMatchObject({
      isVerified: true,
    });
  });
});

describe("faults", () => {
  const getUser = () =>
    send(`${running.emulator.apiUrl}/users/u`, { headers: { authorization: secretAuthorization(secret) } });

  test("fails as often as asked, then works again", async () => {
    await control("/faults", "POST", {
      method: "GET",
      path: "/v1/users/*",
      count: 2,
      status: 429,
      retryAfter: 7,
    });
    const limited = await getUser();
    expect(limited).toMatchObject({ status: 429, body: { errorCode: "too_many_requests" } });
    expect(limited.headers.get("retry-after")).toBe("7");
    expect((await getUser()).status).toBe(429);
    expect((await getUser()).status).toBe(200);
    expect(running.emulator.faults()).toEqual([]);
  });

  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("drops the connection %s the operation took effect", async (drop, messages) => {
    running.emulator.addFault({ path: "/v1/challenge", drop });
    const headers = { authorization: secretAuthorization(secret) };
    const body = JSON.stringify({
      verificationMethod: "EMAIL_OTP",
      action: "sign-in",
      email: "drop@example.com",
    });
    await expect(
      fetch(`${running.emulator.apiUrl}/challenge`, { method: "POST", headers, body }),
    ).rejects.toThrow();
    expect(running.emulator.messages()).toHaveLength(messages);
  });

  test("makes the node SDK send a dropped request again", async () => {
    running.emulator.addFault({ path: "/v1/challenge", drop: "after" });
    await sendCode("retried@example.com");
    expect(running.emulator.messages({ to: "retried@example.com" })).toHaveLength(2);
  });

  test("answers JSON that breaks off", async () => {
    running.emulator.addFault({ path: "*", malformed: true });
    await expect(getUser()).rejects.toThrow(SyntaxError);
  });

  test("waits before it answers", async () => {
    running.emulator.addFault({ latency: 30 });
    const begun = performance.now();
    await getUser();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(28);
  });

  test("plays the same chances again from the same seed", async () => {
    const play = async () => {
      const emulator = await startEmulator({ tenants: [testTenant()], seed: "dice" });
      emulator.addFault({ probability: 0.5, status: 500 });
      const statuses: number[] = [];
      for (let at = 0; at < 20; at += 1) {
        const headers = { authorization: secretAuthorization(secret) };
        statuses.push((await send(`${emulator.apiUrl}/users/u`, { headers })).status);
      }
      const { challengeId } = await callersOf(emulator)
        .authsignal.challenge({ verificationMethod: "EMAIL_OTP", action: "a", email: "e@example.com" })
        .catch(() => ({ challengeId: "faulty" }));
      await emulator.close();
      return { statuses, challengeId };
    };
    const [first, second] = [await play(), await play()];
    expect(first).toEqual(second);
    expect(new Set(first.statuses)).toEqual(new Set([200, 500]));
  });

  test("shows and removes a single fault", async () => {
    const { body } = await control("/faults", "POST", { path: "/v1/never", status: 500 });
    expect((await control("/faults")).body).toMatchObject([{ path: "/v1/never" }]);
    expect((await control(`/faults/${body.faultId}`, "DELETE")).status).toBe(200);
    expect((await control(`/faults/${body.faultId}`, "DELETE")).status).toBe(404);
  });

  test.each([
    { status: 200 },
    { status: 404.5 },
    { count: 0 },
    { count: 1.5 },
    { probability: 2 },
    { latency: 1e11 },
    { status: 429, retryAfter: 1.5 },
  ])("refuses %j, which could not strike as it says", async (rule) => {
    expect(await control("/faults", "POST", rule)).toMatchObject({
      status: 400,
      body: { errorCode: "invalid_request" },
    });
    expect(() => running.emulator.addFault(rule)).toThrow();
  });
});

describe("journal", () => {
  test("says why a request was refused, for one user, without secrets", async () => {
    const userId = newUserId();
    const token = await running.track(userId);
    await running.post("/verify/email-otp", { verificationCode: "123456" }, token);
    await running.post("/challenge/email-otp", {}, "forged");
    const entries = (await control(`/journal?userId=${userId}&refused=true`)).body;
    expect(entries).toMatchObject([
      { operation: "verify-email-otp", notes: ["no code was sent, or it has expired"] },
    ]);
    const everything = JSON.stringify(running.emulator.journal());
    for (const hidden of [token, secret, "123456"]) expect(everything).not.toContain(hidden);
  });

  test("names what no operation matched", async () => {
    const unknown = await send(`${running.emulator.apiUrl}/nonsense`, {
      headers: { authorization: secretAuthorization(secret) },
    });
    expect(unknown).toMatchObject({ status: 404, body: { message: "Not Found" } });
    expect(running.emulator.journal({ unmatched: true })).toMatchObject([{ path: "/v1/nonsense" }]);
  });
});

describe("reset", () => {
  test("forgets one user and keeps the others", async () => {
    const [gone, kept] = [newUserId(), newUserId()];
    for (const userId of [gone, kept]) {
      await running.authsignal.updateUser({ userId, attributes: { email: `${userId}@example.com` } });
    }
    await control("/reset", "POST", { userId: gone });
    expect((await running.authsignal.getUser({ userId: gone })).email).toBeUndefined();
    expect((await running.authsignal.getUser({ userId: kept })).email).toBe(`${kept}@example.com`);
  });

  test("forgets everything, clock and faults included", async () => {
    running.emulator.clock.freeze();
    running.emulator.addFault({ path: "/v1/never", status: 500 });
    await sendCode("gone@example.com");
    await control("/reset", "POST");
    expect(running.emulator.messages()).toEqual([]);
    expect(running.emulator.faults()).toEqual([]);
    expect(running.emulator.clock.frozen).toBe(false);
  });
});

describe("seed", () => {
  const seed = {
    users: [
      {
        userId: "ada",
        email: "ada@example.com",
        displayName: "Ada",
        authenticators: [
          {
            userAuthenticatorId: "pinned",
            verificationMethod: "EMAIL_OTP" as const,
            email: "ada@example.com",
          },
        ],
        passkeys: [{ name: "Phone" }, { aaguid: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd" }],
      },
    ],
    fixedCodes: [{ to: "ada@example.com", code: "000001" }],
  };

  test("is idempotent and keeps pinned ids", async () => {
    const first = (await control("/seed", "POST", seed)).body;
    const second = (await control("/seed", "POST", seed)).body;
    expect(second).toEqual(first);
    const authenticators = await running.authsignal.getAuthenticators({ userId: "ada" });
    expect(authenticators.map((one) => one.webauthnCredential?.name)).toEqual([
      undefined,
      "Phone",
      "iCloud Keychain",
    ]);
    expect(authenticators[0]?.userAuthenticatorId).toBe("pinned");
  });

  test("makes passkeys that really sign in, by the private key it answers", async () => {
    const { passkeys } = running.emulator.seed(seed);
    const { credential } = passkeys[0] ?? expect.fail("no passkey was seeded");
    const { body: begun } = await running.post("/user-authenticators/passkey/authentication-options", {});
    const clientData = Buffer.from(
      JSON.stringify({
        type: "webauthn.get",
        challenge: begun.options.challenge,
        origin,
        crossOrigin: false,
      }),
    );
    const authenticatorData = Buffer.concat([
      createHash("sha256").update(credential.rpId).digest(),
      Buffer.from([0x1d, 0, 0, 0, 0]),
    ]);
    const key = createPrivateKey({
      key: Buffer.from(credential.privateKey, "base64"),
      format: "der",
      type: "pkcs8",
    });
    const signed = Buffer.concat([authenticatorData, createHash("sha256").update(clientData).digest()]);
    const id = Buffer.from(credential.credentialId, "base64").toString("base64url");
    const { body } = await running.post("/verify/passkey", {
      challengeId: begun.challengeId,
      authenticationCredential: {
        id,
        rawId: id,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData.toString("base64url"),
          authenticatorData: authenticatorData.toString("base64url"),
          signature: sign("sha256", signed, key).toString("base64url"),
          userHandle: Buffer.from(credential.userHandle, "base64").toString("base64url"),
        },
      },
    });
    expect(body).toMatchObject({ isVerified: true, userId: "ada", userDisplayName: "Ada" });
  });

  test.each([
    [{ users: "many" }],
    [{ users: [{}] }],
    [{ users: [{ userId: "u", passkeys: [7] }] }],
    [{ users: [{ userId: "u", authenticators: [{ verificationMethod: "EMAIL_OTP" }] }] }],
  ])("refuses a malformed seed: %j", async (malformed) => {
    expect((await control("/seed", "POST", malformed)).status).toBe(400);
  });
});

test("exports a state that, imported elsewhere, exports byte for byte the same", async () => {
  const authenticator = createSoftAuthenticator();
  const userId = newUserId();
  await running.client(authenticator).signUp({ token: await running.track(userId) });
  await sendCode("exported@example.com");
  const exported = await (await fetch(`${running.emulator.url}/emulator/state`)).text();

  const other = await startEmulator({ tenants: [testTenant()] });
  const imported = await fetch(`${other.url}/emulator/state`, { method: "PUT", body: exported });
  expect(imported.status).toBe(200);
  expect(await (await fetch(`${other.url}/emulator/state`)).text()).toBe(exported);
  expect(await callersOf(other).client(authenticator).signIn({ action: "sign-in" })).toEqual(
    expect.any(String),
  );
  expect((await fetch(`${other.url}/emulator/state`, { method: "PUT", body: '{"version":9}' })).status).toBe(
    400,
  );
  await other.close();
});

describe("tenants", () => {
  test("never meet, and each accepts both of its secrets", async () => {
    const [one, two] = [
      testTenant({ tenantId: "one", secrets: ["one-a", "one-b"] }),
      testTenant({ tenantId: "two", secrets: ["two-a"] }),
    ];
    const emulator = await startEmulator({ tenants: [one, two] });
    const { apiUrl } = emulator;
    const sdk = (apiSecretKey: string) => new Authsignal({ apiSecretKey, apiUrl });
    const { token } = await sdk("one-a").track({
      userId: "u",
      action: "a",
      attributes: { email: "u@one.example" },
    });
    expect(await sdk("one-b").getUser({ userId: "u" })).toMatchObject({ email: "u@one.example" });
    expect(await sdk("two-a").getUser({ userId: "u" })).not.toHaveProperty("email");
    expect(await sdk("two-a").validateChallenge({ token })).toEqual({ isValid: false });
    await emulator.close();
  });

  test("can be added while the emulator runs, one for each test worker", async () => {
    const emulator = await startEmulator({ tenants: [testTenant()] });
    const tenant = {
      tenantId: "worker-2",
      secrets: ["worker-2-secret"],
      rpId: "localhost",
      expectedOrigins: [origin],
    };
    const add = () =>
      send(`${emulator.url}/emulator/tenants`, { method: "POST", body: JSON.stringify(tenant) });
    expect((await add()).body).toEqual({ tenantId: "worker-2" });
    expect(await add()).toMatchObject({
      status: 400,
      body: { errorDescription: expect.stringContaining("have the id") },
    });
    const authsignal = new Authsignal({ apiSecretKey: "worker-2-secret", apiUrl: emulator.apiUrl });
    expect(await authsignal.track({ userId: "u", action: "a" })).toHaveProperty("token");
    await emulator.close();
  });

  test("may not share an id or a secret", async () => {
    await expect(startEmulator({ tenants: [testTenant(), testTenant({ secrets: ["x"] })] })).rejects.toThrow(
      "have the id",
    );
    await expect(startEmulator({ tenants: [testTenant(), testTenant({ tenantId: "x" })] })).rejects.toThrow(
      "share a secret",
    );
  });
});

describe("who may call", () => {
  test.each([
    ["a foreign host name", { host: "evil.example" }],
    ["a rebound host name with a port", { host: "localhost.evil.example:80" }],
    ["another site's page", { "sec-fetch-site": "cross-site" }],
    ["another port's page", { "sec-fetch-site": "same-site" }],
    ["a page that only sends its origin", { origin: "http://localhost:3000" }],
    ["a sandboxed page", { origin: "null" }],
  ])("refuses the control plane to %s", async (_who, headers) => {
    expect(await statusOf("/emulator/messages", headers)).toBe(403);
    expect(await statusOf("/", headers)).toBe(403);
  });

  test("shows its page to whoever follows a link from another site, and only the page", async () => {
    const link = {
      "sec-fetch-site": "same-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    expect(await statusOf("/", link)).toBe(200);
    expect(await statusOf("/", { ...link, "sec-fetch-dest": "iframe" })).toBe(403);
    expect(await statusOf("/", { ...link, host: "evil.example" })).toBe(403);
    expect(await statusOf("/emulator/messages", link)).toBe(403);
  });

  test.each([
    ["a name that a web page could have rebound", "evil.example", 403],
    ["loopback by address", "127.0.0.1", 401],
    ["a container's name", "emulator:3001", 401],
  ])("treats %s as it should on the API", async (_what, host, status) => {
    expect(await statusOf("/v1/users/u", { host })).toBe(status);
  });

  test("may be addressed by the name that it is published under", async () => {
    const emulator = await startEmulator({ tenants: [testTenant()], publicUrl: "http://auth.dev.example" });
    expect(emulator.apiUrl).toBe("http://auth.dev.example/v1");
    expect(await statusOf("/emulator/health", { host: "auth.dev.example" }, emulator.port)).toBe(200);
    expect(await statusOf("/v1/users/u", { host: "auth.dev.example" }, emulator.port)).toBe(401);
    await emulator.close();
  });

  test("serves its own page, under a strict policy, marked as an emulator", async () => {
    const page = await fetch(running.emulator.url, { headers: { "sec-fetch-site": "none" } });
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain("EMULATOR");
    expect(html).not.toMatch(/ style=| on[a-z]+=|<script>/);
    for (const asset of ["/page.js", "/page.css"])
      expect((await fetch(running.emulator.url + asset)).status).toBe(200);
  });

  test("does not start in production", async () => {
    process.env.NODE_ENV = "production";
    await expect(startEmulator()).rejects.toThrow("NODE_ENV=production");
    process.env.NODE_ENV = "test";
  });
});

/** fetch may not set these headers; node:http may. */
function statusOf(
  path: string,
  headers: Record<string, string>,
  port = running.emulator.port,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: "127.0.0.1", port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
