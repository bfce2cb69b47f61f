/** The router in an API of access and refresh tokens. */
import { decodeJwt } from "jose";
import request from "supertest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import type { Agent } from "../kit/flows.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { type JwtHost, startJwtHost } from "./jwt-host.ts";

const minute = 60_000;

let kit: EmulatorFor;
let host: JwtHost;
beforeEach(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  host = await startJwtHost(kit);
});
afterEach(() => kit.close());

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

async function signIn(agent: Agent = host.agent(), account = host.newAccount()) {
  const { body }: { body: Tokens } = await agent.post("/login").send(account).expect(200);
  return { agent, account, tokens: body };
}

const refresh = (refreshToken: string) => request(host.app).post("/refresh").send({ refreshToken });

async function ordersOf(accessToken: string): Promise<unknown> {
  const answer = await request(host.app).get("/orders").set("Authorization", `Bearer ${accessToken}`);
  return answer.body.ordersOf;
}

test("A person of a JWT host creates a passkey after the password login and signs in with it elsewhere", async () => {
  const { agent, account } = await signIn();
  const authenticator = createSoftAuthenticator();
  await kit.enrollPasskey(agent, authenticator);
  const elsewhere = host.agent();
  expect(await kit.signInWithPasskey(elsewhere, authenticator)).toEqual({
    id: account.id,
    email: account.email,
  });
  expect((await elsewhere.get("/orders")).body).toEqual({ ordersOf: account.id });
  await kit.stepUp(elsewhere, authenticator, { action: "transfer-funds" });
  await elsewhere.delete("/account").expect(204);
});

test("A sign-in by code on a JWT host answers the host's tokens in the body", async () => {
  const agent = host.agent();
  const email = kit.newAddress();
  await agent.post("/auth/otp/challenge").send({ email }).expect(202);
  const { body } = await agent.post("/auth/otp/verify").send({ code: await kit.readCode(email) });
  expect(body).toMatchObject({ user: { email }, offerPasskey: true });
  expect(Object.keys(body.tokens)).toEqual(["accessToken", "refreshToken"]);
  expect(await ordersOf(body.tokens.accessToken)).toBe(body.user.id);
});

test("The code of a visitor of a JWT host is of no use to another client", async () => {
  const [agent, other] = [host.agent(), host.agent()];
  const email = kit.newAddress();
  await agent.post("/auth/otp/challenge").send({ email }).expect(202);
  await other.post("/auth/otp/challenge").send({ email: kit.newAddress() }).expect(202);
  const code = await kit.readCode(email);
  expect((await other.post("/auth/otp/verify").send({ code })).body.code).toBe("otp_incorrect");
  expect((await host.agent().post("/auth/otp/verify").send({ code })).body.code).toBe("otp_not_requested");
  await agent.post("/auth/otp/verify").send({ code }).expect(200);
});

test("A name for its code that the client of a JWT host has chosen is never taken over", async () => {
  const chosen = "A".repeat(43);
  const email = kit.newAddress();
  const asked = await request(host.app)
    .post("/auth/otp/challenge")
    .set("Code-Token", chosen)
    .send({ email })
    .expect(202);
  expect(asked.get("Code-Token")).toMatch(/^[\w-]{43}$/);
  expect(asked.get("Code-Token")).not.toBe(chosen);
  const code = await kit.readCode(email);
  const refused = await request(host.app).post("/auth/otp/verify").set("Code-Token", chosen).send({ code });
  expect(refused.body.code).toBe("otp_not_requested");
});

describe("the proof time of a JWT", () => {
  test("The proof time of a JWT is the login's, however often and recently the tokens were issued again", async () => {
    const { agent, tokens } = await signIn();
    await kit.enrollPasskey(agent, createSoftAuthenticator());
    let { refreshToken } = tokens;
    const before = decodeJwt(refreshToken);
    for (let time = 0; time < 3; time += 1) {
      kit.advance(4 * minute);
      const { body } = await refresh(refreshToken).expect(200);
      refreshToken = body.refreshToken;
      await agent.post("/refresh").send({ refreshToken }).expect(200);
    }
    const after = decodeJwt(refreshToken);
    expect(after.iat).toBeGreaterThan(before.iat ?? 0);
    for (const claim of ["sub", "sid", "auth_time", "amr", "session_end", "session_rev"])
      expect(after[claim]).toEqual(before[claim]);
    const refused = await agent.post("/auth/enroll-token").send({}).expect(403);
    expect(refused.body.stepUp.methods).toEqual(["passkey", "email-otp", "reauthenticate"]);
  });

  test("A step-up makes a JWT fresh, and keeps its session, id and end", async () => {
    const { agent, tokens } = await signIn();
    const authenticator = createSoftAuthenticator();
    await kit.enrollPasskey(agent, authenticator);
    kit.advance(11 * minute);
    await agent.post("/auth/enroll-token").send({}).expect(403);
    const begun = await agent.post("/auth/step-up-token").send({ action: "manage-passkeys" }).expect(200);
    expect(begun.body).not.toHaveProperty("tokens");
    await kit.stepUp(agent, authenticator, { action: "manage-passkeys" });
    await agent.post("/auth/enroll-token").send({}).expect(200);
    expect(await ordersOf(tokens.accessToken)).toBeNull();
    await refresh(tokens.refreshToken).expect(401);
  });
});

describe("the end of a JWT session", () => {
  test("Signing out ends the access and the refresh tokens of a JWT session, and no other session", async () => {
    const { agent, account, tokens } = await signIn();
    const other = await signIn(host.agent(), account);
    const again: Tokens = (await refresh(tokens.refreshToken).expect(200)).body;
    await agent.delete("/auth/session").expect(204);
    for (const { accessToken, refreshToken } of [tokens, again]) {
      expect(await ordersOf(accessToken)).toBeNull();
      expect((await refresh(refreshToken).expect(401)).body.code).toBe("not_authenticated");
    }
    expect(await ordersOf(other.tokens.accessToken)).toBe(account.id);
  });

  test("A JWT session ends at its absolute end, however often it is refreshed", async () => {
    const { tokens } = await signIn();
    let { refreshToken } = tokens;
    for (let day = 1; day < 30; day += 1) {
      kit.advance(24 * 60 * minute);
      refreshToken = (await refresh(refreshToken).expect(200)).body.refreshToken;
    }
    kit.advance(25 * 60 * minute);
    await refresh(refreshToken).expect(401);
  });

  test("An access token that has expired belongs to a visitor, and the refresh token brings a new one", async () => {
    const { tokens, account } = await signIn();
    kit.advance(16 * minute);
    expect(await ordersOf(tokens.accessToken)).toBeNull();
    const { body }: { body: Tokens } = await refresh(tokens.refreshToken).expect(200);
    expect(await ordersOf(body.accessToken)).toBe(account.id);
  });

  test("A refresh token is no access token", async () => {
    const { tokens } = await signIn();
    expect(await ordersOf(tokens.refreshToken)).toBeNull();
    await refresh(tokens.accessToken).expect(401);
  });
});
