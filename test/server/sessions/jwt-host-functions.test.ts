/** What `createJwtSessions` asks of a host's functions, and what it says when they do otherwise. */
import type { Request } from "express";
import { errors } from "jose";
import { describe, expect, test } from "vitest";
import type { JwtClaims } from "../../../server/sessions/jwt-claims.ts";
import { createJwtSessions, type JwtSessionOptions } from "../../../server/sessions/jwt-sessions.ts";
import { exchangeOf } from "./exchange.ts";

const signIn = { userId: "u1", method: "password" };

/** A host that looks its sessions up. Its tokens are their claims as text, because nothing here is about signatures. */
function createTable() {
  const rows = new Map<string, number>();
  const hosts = {
    verify(token: string): unknown {
      const claims: JwtClaims = JSON.parse(Buffer.from(token, "base64url").toString());
      return rows.get(claims.sid) === claims.session_rev ? claims : null;
    },
    issue(claims: JwtClaims) {
      if (claims.session_rev === 0 || rows.has(claims.sid)) rows.set(claims.sid, claims.session_rev);
      return { token: Buffer.from(JSON.stringify(claims)).toString("base64url") };
    },
    end: ({ sid }: JwtClaims) => rows.delete(sid),
  };
  return { rows, hosts };
}

const asking = (token: string) => exchangeOf({ authorization: `Bearer ${token}` });

async function begin(options: Partial<JwtSessionOptions<{ token: string }>> = {}) {
  const { rows, hosts } = createTable();
  const sessions = createJwtSessions({ ...hosts, ...options });
  const { req, res } = exchangeOf();
  const { token } = await sessions.signIn(req, res, signIn);
  return { rows, hosts, sessions, token };
}

describe("a JWT host that looks its sessions up", () => {
  test("A JWT host without a store ends its own sessions, and needs no method for codes", async () => {
    const { sessions, token, rows } = await begin();
    const { req, res } = asking(token);
    expect(await sessions.current(req)).toMatchObject(signIn);
    expect(sessions).not.toHaveProperty("pendingOtp");
    await sessions.end(req, res);
    expect(rows.size).toBe(0);
    expect(await sessions.current(req)).toBeNull();
  });

  test("A JWT that is renewed while its host ends the session is refused", async () => {
    const { hosts, rows } = createTable();
    const sessions = createJwtSessions({
      ...hosts,
      async issue(claims: JwtClaims) {
        if (claims.session_rev > 0) rows.delete(claims.sid);
        return hosts.issue(claims);
      },
    });
    const first = exchangeOf();
    const { token } = await sessions.signIn(first.req, first.res, signIn);
    const { req, res } = asking(token);
    await expect(sessions.renew(req, res, { method: "passkey" })).rejects.toMatchObject({
      code: "not_authenticated",
    });
  });

  test("A sign-in ends the session of the JWT that the client came with", async () => {
    const { sessions, token, rows } = await begin();
    const { req, res } = asking(token);
    await sessions.signIn(req, res, { userId: "u2", method: "password" });
    expect(rows.size).toBe(1);
    expect(await sessions.current(req)).toBeNull();
  });
});

describe("claims", () => {
  test.each<[string, (claims: JwtClaims) => object]>([
    ["the session's id", ({ sid: _, ...rest }) => rest],
    ["the proof time", ({ auth_time: _, ...rest }) => ({ ...rest, iat: 1_700_000_000 })],
    ["the method", ({ amr: _, ...rest }) => rest],
    ["the session's end", ({ session_end: _, ...rest }) => rest],
  ])("A host whose tokens leave out %s is told at the first sign-in", async (_, leaveOut) => {
    const sessions = createJwtSessions({
      verify: (token: string) => JSON.parse(Buffer.from(token, "base64url").toString()),
      issue: (claims) => ({
        accessToken: Buffer.from(JSON.stringify(leaveOut(claims))).toString("base64url"),
      }),
      end: () => {},
    });
    const { req, res } = exchangeOf();
    await expect(sessions.signIn(req, res, signIn)).rejects.toMatchObject({
      code: "internal_error",
      message:
        "createJwtSessions: `verify` finds the claims in no token that `issue` made: sign { ...claims }, all of them.",
    });
  });

  test.each([
    ["of before the router", { sub: "u1", iat: 1_700_000_000 }],
    ["with a time of issue and no proof time", { auth_time: undefined, iat: 1_700_000_000 }],
    ["with a proof time that is a text", { auth_time: "1700000000" }],
    ["with a proof time below zero", { auth_time: -1 }],
    ["with an empty list of methods", { amr: [] }],
    ["that is no object", "u1"],
    ["that is nothing", undefined],
  ])("A payload %s belongs to a visitor", async (_, payload) => {
    const whole = { sub: "u1", sid: "s1", auth_time: 1, amr: ["x"], session_end: 9e9, session_rev: 0 };
    const isPart = typeof payload === "object" && !("sub" in payload);
    const sessions = createJwtSessions({
      verify: () => (isPart ? { ...whole, ...payload } : payload),
      issue: () => ({}),
      end: () => {},
    });
    expect(await sessions.current(asking("x").req)).toBeNull();
  });

  test("A session of JWTs has ended at its end, whatever `exp` of its tokens says", async () => {
    let now = 1_700_000_000_000;
    const { sessions, token } = await begin({ now: () => new Date(now), absoluteSeconds: 60 });
    now += 59_000;
    expect(await sessions.current(asking(token).req)).not.toBeNull();
    now += 1_000;
    expect(await sessions.current(asking(token).req)).toBeNull();
    const { req, res } = asking(token);
    await expect(sessions.renew(req, res, { method: "passkey" })).rejects.toMatchObject({
      code: "not_authenticated",
    });
  });
});

describe("an error of the host's `verify`", () => {
  const throwing = (error: unknown) =>
    createJwtSessions({
      verify() {
        throw error;
      },
      issue: () => ({}),
      end: () => {},
    });
  const jsonwebtoken = (name: string) => Object.assign(new Error("jwt malformed"), { name });

  test.each<[string, Error]>([
    ["jose's expired token", new errors.JWTExpired("expired", {})],
    ["jose's bad signature", new errors.JWSSignatureVerificationFailed()],
    ["jose's unknown key", new errors.JWKSNoMatchingKey()],
    ["jose's algorithm", new errors.JOSEAlgNotAllowed("no")],
    ["jsonwebtoken's expired token", jsonwebtoken("TokenExpiredError")],
    ["jsonwebtoken's malformed token", jsonwebtoken("JsonWebTokenError")],
  ])("%s makes a visitor", async (_, error) => {
    expect(await throwing(error).current(asking("x").req)).toBeNull();
  });

  test.each<[string, unknown]>([
    ["A key server that does not answer", new errors.JWKSTimeout()],
    ["A lost connection", Object.assign(new Error("refused"), { code: "ECONNREFUSED" })],
    ["A defect", new TypeError("x is not a function")],
  ])("%s does not look like a visitor", async (_, error) => {
    await expect(throwing(error).current(asking("x").req)).rejects.toBe(error);
  });
});

describe("where the token is", () => {
  test.each(["", "Bearer", "Basic QUJD", "Bearer a b", "Bearer  "])(
    "The header %j has no token, and `verify` is not asked",
    async (authorization) => {
      const { hosts } = createTable();
      const sessions = createJwtSessions({ ...hosts, verify: () => expect.unreachable() });
      expect(await sessions.current(exchangeOf({ authorization }).req)).toBeNull();
    },
  );

  test("A token that is read from elsewhere counts as sent by the browser itself, unless the host says otherwise", () => {
    const { hosts } = createTable();
    const readToken = (req: Request) => req.get("x-token");
    expect(createJwtSessions(hosts).isAmbient).toBe(false);
    expect(createJwtSessions({ ...hosts, readToken }).isAmbient).toBe(true);
    expect(createJwtSessions({ ...hosts, readToken, isAmbient: false }).isAmbient).toBe(false);
  });
});

describe("options that cannot work", () => {
  const { hosts } = createTable();
  test.each<[object, RegExp]>([
    [{ ...hosts, verify: undefined }, /`verify` must be a function/],
    [{ ...hosts, issue: "sign" }, /`issue` must be a function/],
    [{ ...hosts, end: undefined }, /pass `end`, .* or `store: storage\.sessionStore`/],
    [{ ...hosts, store: {} }, /`store` must be `storage\.sessionStore`/],
    [{ ...hosts, codeHeader: "X-Code" }, /`codeHeader` has no effect without `store`/],
    [{ ...hosts, absoluteSeconds: 0 }, /`absoluteSeconds` must be a whole number above 0/],
    [{ ...hosts, readToken: "cookie" }, /`readToken` must be a function/],
    [{ ...hosts, isAmbient: "no" }, /`isAmbient` must be true or false/],
  ])("createJwtSessions refuses %j", (options, sentence) => {
    expect(() => Reflect.apply(createJwtSessions, undefined, [options])).toThrow(sentence);
  });
});

test("An `issue` that resolves with nothing is named", async () => {
  const { hosts } = createTable();
  // As a host in plain JavaScript writes it that forgets its `return`.
  const issue = JSON.parse.bind(null, "null") as () => object;
  const sessions = createJwtSessions({ ...hosts, issue });
  const { req, res } = exchangeOf();
  await expect(sessions.signIn(req, res, signIn)).rejects.toThrow(/`issue` must resolve with an object/);
});
