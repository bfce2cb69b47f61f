/** The router in APIs that were there before it: each keeps its users, sessions, errors and routes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { startBearerHost } from "./bearer-host.ts";
import { startExpress4Host } from "./express4-host.ts";
import type { Host } from "./host.ts";
import { startOwnSessionsHost } from "./own-sessions-host.ts";
import { startOwnUsersHost } from "./own-users-host.ts";

const hosts = [
  { name: "own users, prefix, errors and body parser", prefix: "/v1/account/auth", start: startOwnUsersHost },
  { name: "own cookie sessions", prefix: "/api", start: startOwnSessionsHost },
  { name: "bearer tokens", prefix: "/mobile/v2", start: startBearerHost },
  { name: "Express 4", prefix: "/auth", start: startExpress4Host },
];

describe.each(hosts)("a host with $name", ({ prefix, start }) => {
  let kit: EmulatorFor;
  let host: Host;
  beforeAll(async () => {
    kit = await startEmulatorFor({ prefix });
    host = await start(kit);
  });
  afterAll(() => kit?.close());

  test("a person of a foreign host signs in with a code, creates a passkey, and signs in with it elsewhere", async () => {
    const authenticator = createSoftAuthenticator();
    const agent = host.agent();
    const user = await kit.signInWithOtp(agent);
    await kit.enrollPasskey(agent, authenticator);

    const elsewhere = host.agent();
    expect(await kit.signInWithPasskey(elsewhere, authenticator)).toEqual(user);
    const session = await elsewhere.get(`${prefix}/session`).expect(200);
    expect(session.body.user).toEqual(user);
  });

  test("the own routes of a foreign host know who is signed in, and who has signed out", async () => {
    const agent = host.agent();
    const before = await agent.get("/v1/me").expect(200);
    expect(before.body.customer).toBeNull();
    await kit.signInWithOtp(agent);
    const during = await agent.get("/v1/me").expect(200);
    expect(during.body.customer).not.toBeNull();
    await agent.delete(`${prefix}/session`).expect(204);
    const after = await agent.get("/v1/me").expect(200);
    expect(after.body.customer).toBeNull();
  });

  test("the own routes of a foreign host keep their bodies, also ones larger than the router's may be", async () => {
    const large = "x".repeat(40_000);
    const answer = await host.agent().post("/v1/echo").send({ large }).expect(200);
    expect(answer.body).toEqual({ echo: { large } });
  });

  test("the router's errors come in the foreign host's format", async () => {
    const refused = await host.agent().post(`${prefix}/enroll-token`).send({}).expect(401);
    expect(host.codeOf(refused.body)).toBe("not_authenticated");
    const malformed = await host.agent().post(`${prefix}/otp/challenge`).send({ mail: 1 }).expect(400);
    expect(host.codeOf(malformed.body)).toBe("validation_failed");
  });

  test("a foreign host's own route asks for a passkey, for exactly this operation, once", async () => {
    const agent = host.agent();
    const authenticator = createSoftAuthenticator();
    await kit.signInWithOtp(agent);
    await kit.enrollPasskey(agent, authenticator);
    const transfer = (amount: number) => agent.post("/v1/transfers").send({ amount });

    expect(host.codeOf((await transfer(100).expect(403)).body)).toBe("step_up_required");
    await kit.stepUp(agent, authenticator, { action: "transfer-funds", operation: { amount: 100 } });
    expect(host.codeOf((await transfer(999).expect(403)).body)).toBe("step_up_required");
    expect((await transfer(100).expect(201)).body).toEqual({ transferred: 100 });
    expect(host.codeOf((await transfer(100).expect(403)).body)).toBe("step_up_required");
  });

  test("a foreign host's guarded route refuses a visitor instead of hanging", async () => {
    const refused = await host.agent().post("/v1/transfers").send({ amount: 1 }).expect(401);
    expect(host.codeOf(refused.body)).toBe("not_authenticated");
  });
});
