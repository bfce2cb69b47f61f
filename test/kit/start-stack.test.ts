/** The kit's promise: real ceremonies over HTTP in a few lines, side by side, and quick. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "./soft-authenticator.ts";
import { type Stack, startStack } from "./start-stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

test("a person of a stack signs in with a code, creates a passkey, and signs in with it", async () => {
  const authenticator = createSoftAuthenticator();
  const agent = stack.agent();
  const user = await stack.signInWithOtp(agent);
  await stack.enrollPasskey(agent, authenticator);

  const other = stack.agent();
  expect(await stack.signInWithPasskey(other, authenticator)).toEqual(user);
  const session = await other.get("/api/session").expect(200);
  expect(session.body.user).toEqual(user);
});

test("a stack logs no secret, token, code or address of a flow", async () => {
  const authenticator = createSoftAuthenticator();
  const agent = stack.agent();
  await stack.signInWithOtp(agent);
  await stack.enrollPasskey(agent, authenticator);
  expect(stack.logs().length).toBeGreaterThan(0);
  expect(stack.leaks()).toEqual([]);
});

test("many people of a stack at once do not get in each other's way", async () => {
  const people = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const agent = stack.agent();
      const authenticator = createSoftAuthenticator();
      const user = await stack.signInWithOtp(agent);
      await stack.enrollPasskey(agent, authenticator);
      return { user, again: await stack.signInWithPasskey(stack.agent(), authenticator) };
    }),
  );
  expect(new Set(people.map(({ user }) => user.id)).size).toBe(8);
  for (const { user, again } of people) expect(again).toEqual(user);
});

describe("a bent ceremony yields no token", () => {
  test.each([
    ["a phishing origin", { clientData: { origin: "http://localhost.example.com" } }],
    ["another site's RP ID", { rpId: "example.com" }],
    ["a broken signature", { tamperedSignature: true as const }],
    ["a credential that nobody enrolled", { credentialId: "AAAA" }],
  ])("a ceremony with %s yields no token", async (_, fault) => {
    const agent = stack.agent();
    const authenticator = createSoftAuthenticator();
    await stack.signInWithOtp(agent);
    await stack.enrollPasskey(agent, authenticator);
    await expect(stack.signInToken(authenticator, fault)).rejects.toMatchObject({ name: "ClientApiError" });
  });
});

test("the clock of a stack can be moved: a code is too old after eleven minutes", async () => {
  const own = await startStack();
  try {
    const agent = own.agent();
    const email = own.newAddress();
    await agent.post("/api/otp/challenge").send({ email }).expect(202);
    own.advance(11 * 60 * 1000);
    const code = await own.readCode(email);
    const refused = await agent.post("/api/otp/verify").send({ code }).expect(401);
    expect(refused.body.code).toBe("otp_expired");
  } finally {
    await own.close();
  }
});
