import { describe, expect, test } from "vitest";
import {
  newUserId,
  origin,
  runEmulator,
  secret,
  secretAuthorization,
  send,
  tenantAuthorization,
  tenantId,
} from "../running-emulator.ts";

const running = runEmulator();
const server = (path: string, init: RequestInit = {}) =>
  send(`${running.emulator.apiUrl}${path}`, {
    ...init,
    headers: { authorization: secretAuthorization(secret), ...init.headers },
  });

describe("authentication", () => {
  const sentence =
    "The request is unauthorized. Check that your API key and region base URL are correctly configured.";

  test.each([
    ["no header", undefined],
    ["a wrong secret", secretAuthorization("wrong")],
    ["the tenant id", tenantAuthorization(tenantId)],
    ["an empty user name", "Basic Og=="],
    ["a name that is not base64", "Basic ***"],
    ["another scheme", `Bearer ${secret}`],
  ])("the Server API answers %s with the exact sentence of the service", async (_what, authorization) => {
    const answer = await send(
      `${running.emulator.apiUrl}/users/u`,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    expect(answer).toMatchObject({
      status: 401,
      body: { error: "unauthorized", errorCode: "unauthorized", errorDescription: sentence },
    });
  });

  test("a malformed path with a wrong secret is a 401", async () => {
    const answer = await send(`${running.emulator.apiUrl}/users/x/actions/y/`, {
      headers: { authorization: secretAuthorization("wrong") },
    });
    expect(answer.status).toBe(401);
  });

  test.each([
    ["without the colon, as the web SDK", tenantAuthorization(tenantId)],
    ["with the colon, as the docs", `Basic ${Buffer.from(`${tenantId}:`).toString("base64")}`],
    ["in base64url, as iOS", `Basic ${Buffer.from(`${tenantId}:`).toString("base64url")}`],
  ])("the Client API accepts the tenant id %s", async (_how, authorization) => {
    const answer = await send(`${running.emulator.apiUrl}/client/challenge`, {
      method: "POST",
      headers: { authorization },
      body: JSON.stringify({ action: "sign-in" }),
    });
    expect(answer.body).toEqual({ challengeId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  test.each([
    [
      "unsigned",
      (token: string) =>
        token.replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString("base64url")).replace(/[^.]+$/, ""),
    ],
    ["for another user", (token: string) => bendClaims(token, (claims) => ({ ...claims, sub: "victim" }))],
    [
      "with more scopes",
      (token: string) => bendClaims(token, (claims) => ({ ...claims, scope: "add:authenticators" })),
    ],
    ["cut short", (token: string) => token.slice(0, -2)],
    ["doubled", (token: string) => `${token}.${token}`],
  ])("the Client API refuses a token that is %s", async (_what, bend) => {
    const token = await running.track(newUserId());
    expect(await running.post("/challenge/email-otp", {}, bend(token))).toMatchObject({
      status: 401,
      body: { errorCode: "invalid_token" },
    });
  });

  test("an operation that needs a token answers token_required without one", async () => {
    expect((await running.post("/challenge/email-otp", {})).body.errorCode).toBe("token_required");
  });
});

describe("answers", () => {
  test("answers are exactly application/json, not cached, and 200 for creates and deletes", async () => {
    const tracked = await server("/users/u/actions/sign-in", { method: "POST", body: "{}" });
    expect(tracked.status).toBe(200);
    expect(tracked.headers.get("content-type")).toBe("application/json");
    expect(tracked.headers.get("cache-control")).toBe("no-store");
    const deleted = await server("/users/u", { method: "DELETE" });
    expect(deleted).toMatchObject({ status: 200, body: { success: true } });
  });

  test("unknown fields, any content type and a missing body are accepted", async () => {
    const unknown = await server("/users/u/actions/sign-in", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify({ redirect_url: "x", idempotencyKey: null }),
    });
    expect(unknown.status).toBe(200);
    expect((await server("/users/u/actions/sign-in", { method: "POST" })).status).toBe(200);
  });

  test("a client token is HS256 with the documented claims", async () => {
    const [header = "", payload = ""] = (await running.track("u-claims")).split(".");
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({ alg: "HS256" });
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    expect(claims).toMatchObject({
      sub: "u-claims",
      iss: `https://challenge.authsignal.com/${tenantId}`,
      aud: `https://challenge.authsignal.com/${tenantId}`,
      scope: "read:authenticators",
      other: {
        tenantId,
        userId: "u-claims",
        actionCode: "enroll-passkey",
        publishableKey: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
    expect(claims.exp - claims.iat).toBe(600);
  });
});

describe("paths", () => {
  test.each(["/users/u/", "/users/u/authenticators/../../u", "/users/", "/users//actions/a", "/nothing"])(
    "the path %s is not normalised and is unknown",
    async (path) => {
      const { port } = running.emulator;
      const raw = await rawRequest(port, `/v1${path}`);
      expect(raw).toContain("HTTP/1.1 404");
    },
  );

  test("an encoded slash stays inside its path segment", async () => {
    await server(`/users/${encodeURIComponent("a/b?c#d")}`, {
      method: "PATCH",
      body: JSON.stringify({ email: "slash@example.com" }),
    });
    const { body } = await server("/users?email=slash@example.com");
    expect(body.users).toMatchObject([{ userId: "a/b?c#d" }]);
  });

  test("a path with invalid percent-encoding is refused", async () => {
    expect((await server("/users/%zz")).body.errorCode).toBe("invalid_request");
  });
});

describe("bodies", () => {
  test.each([
    ["broken JSON", "{", 400],
    ["a list", "[]", 400],
    ["a string", '"x"', 400],
    ["a thousand levels", `${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`, 400],
    ["a wrong type", '{"email":7}', 400],
    ["an endless address", JSON.stringify({ email: "a".repeat(5_000) }), 400],
    ["300,000 characters", JSON.stringify({ email: "a".repeat(300_000) }), 413],
  ])(
    "a body with %s is refused in the documented shape, with a journal entry",
    async (_what, body, status) => {
      const answer = await server("/users/u", { method: "PATCH", body });
      expect(answer).toMatchObject({
        status,
        body: { error: expect.any(String), errorDescription: expect.any(String) },
      });
      expect(answer.body.errorCode).toBe(answer.body.error);
      expect(running.emulator.journal({ operation: "update-user" })[0]?.status).toBe(status);
    },
  );

  test("a caller who closes the connection in the middle of a body does no harm", async () => {
    const { connect } = await import("node:net");
    const { port } = running.emulator;
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        const head = `PATCH /v1/users/u HTTP/1.1\r\nhost: localhost\r\nauthorization: ${secretAuthorization(secret)}`;
        socket.write(`${head}\r\ncontent-length: 1000\r\n\r\n{"email":`, () => socket.destroy());
      });
      socket.on("close", () => resolve());
    });
    expect((await server("/users/u")).status).toBe(200);
  });

  test("a body does not reach prototypes", async () => {
    await server("/users/u", {
      method: "PATCH",
      body: '{"custom":{"__proto__":{"polluted":true}},"__proto__":{"email":"x@example.com"}}',
    });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect((await server("/users/u")).body.email).toBeUndefined();
  });
});

describe("CORS", () => {
  test("a page of any origin may call the Client API after a preflight", async () => {
    const preflight = await fetch(`${running.emulator.apiUrl}/client/challenge`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
    expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
    expect(preflight.headers.get("access-control-allow-credentials")).toBe("true");
    const refused = await fetch(`${running.emulator.apiUrl}/client/challenge`, {
      method: "POST",
      headers: { origin },
    });
    expect(refused.headers.get("access-control-allow-origin")).toBe(origin);
  });

  test("no page may call the Server API", async () => {
    const answer = await server("/users/u", { headers: { origin } });
    expect(answer.headers.has("access-control-allow-origin")).toBe(false);
  });
});

function bendClaims(token: string, change: (claims: object) => object): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = change(JSON.parse(Buffer.from(payload, "base64url").toString()));
  return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
}

/** fetch would fold the path before sending it. */
async function rawRequest(port: number, path: string): Promise<string> {
  const { connect } = await import("node:net");
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.end(
        `GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${secretAuthorization(secret)}\r\nconnection: close\r\n\r\n`,
      ),
    );
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

test("an idle connection is kept for longer than the pauses of a person or a test", async () => {
  const answer = await fetch(`${running.emulator.apiUrl}/users/u`);
  const kept = /timeout=(\d+)/.exec(answer.headers.get("keep-alive") ?? "")?.[1];
  expect(Number(kept)).toBeGreaterThan(60);
});
