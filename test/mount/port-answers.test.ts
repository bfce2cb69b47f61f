/** What a host's ports answer is checked where it is answered: a fault names the port, and is no outage of Authsignal's. */
import { Authsignal } from "@authsignal/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSdkGateway } from "../../server/authsignal/sdk-gateway.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { startPasswordHost } from "./password-host.ts";

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
});
afterAll(() => kit?.close());

const sdkOf = ({ authsignal: { apiSecretKey, apiUrl } }: EmulatorFor) =>
  new Authsignal({ apiSecretKey, apiUrl, retries: 0 });

/** As a host in JavaScript, or past the compiler, returns it. */
function userWith(members: Record<string, unknown>): { id: string; email: string } {
  return Object.assign({ id: "1", email: "jane@example.com" }, members);
}

const badIds: [string, unknown, string][] = [
  ["a number", 7, "is a number. Return String(id)"],
  ["a bigint", 7n, "is a number. Return String(id)"],
  ["missing", undefined, "is undefined"],
  ["null", null, "is null"],
  ["an object", { oid: "7" }, "is object"],
  ["empty", "", "has 0 characters"],
  ["an identity provider's", "auth0|65f1c0ffee", "has other characters"],
  ["an address", "jane@example.com", "has other characters"],
  ["a path", "../users", "has other characters"],
  ["of 65 characters", "x".repeat(65), "has 65 characters"],
];

describe("A user's id that is", () => {
  test.each(badIds)("%s is a 500 that names users.findOrCreateByEmail in the log", async (_, id, words) => {
    const host = await startPasswordHost(kit, (common) => ({
      ...common,
      users: { ...common.users, findOrCreateByEmail: async () => userWith({ id }) },
    }));
    await expect(kit.signInWithOtp(host.agent())).rejects.toThrow('"code":"internal_error"');
    expect(host.lines).toEqual([
      expect.objectContaining({
        detail: expect.stringContaining(`users.findOrCreateByEmail returned a user whose \`id\` ${words}`),
      }),
    ]);
    expect(JSON.stringify(host.lines)).not.toContain("jane@example.com");
  });

  test.each(badIds)(
    "%s is a 500 that names users.findById in the log, ten times over",
    async (_, id, words) => {
      const authsignal = createSdkGateway(kit.authsignal);
      const host = await startPasswordHost(kit, (common) => ({
        ...common,
        authsignal,
        users: { ...common.users, findById: async () => userWith({ id }) },
      }));
      const agent = host.agent();
      await host.signIn(agent, host.register({}));
      for (let count = 0; count < 10; count += 1) {
        const failed = await agent.post("/auth/enroll-token").send({}).expect(500);
        expect(failed.body.code).toBe("internal_error");
      }
      expect(host.lines[9]).toMatchObject({
        detail: expect.stringContaining(`users.findById returned a user whose \`id\` ${words}`),
      });
      expect(authsignal.state()).toBe("ok");
    },
  );

  test.each(badIds)("%s is a 500 that names sessions.current in the log", async (_, userId, words) => {
    const session = { id: "one", userId: "1", method: "password", authenticatedAt: kit.now() };
    const host = await startPasswordHost(kit, (common) => ({
      ...common,
      sessions: { ...common.sessions, current: async () => Object.assign({ ...session }, { userId }) },
    }));
    await host.agent().get("/auth/passkeys").expect(500);
    expect(host.lines).toEqual([
      expect.objectContaining({
        detail: expect.stringContaining(`sessions.current returned a session whose \`userId\` ${words}`),
      }),
    ]);
  });

  test.each([
    ["a number as text", "4711"],
    ["a UUID", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"],
    ["a hexadecimal object id", "507f1f77bcf86cd799439011"],
    ["an identity provider's in base64url", Buffer.from("auth0|65f1c0ffee").toString("base64url")],
  ])("%s goes through a whole life", async (_, id) => {
    const host = await startPasswordHost(kit);
    const account = host.register({ id });
    const agent = host.agent();
    await host.signIn(agent, account);
    const authenticator = createSoftAuthenticator();
    await kit.enrollPasskey(agent, authenticator);
    expect(await kit.signInWithPasskey(host.agent(), authenticator)).toEqual({ id, email: account.email });
  });
});

test.each([
  ["a user name", "admin"],
  ["a name with @", "@admin"],
  ["a name with a space", "Ann Lee"],
  ["an address of this machine", "root@localhost"],
  ["a placeholder", "7@users.noreply.example.com"],
])("A user with %s in the place of an address creates a passkey and comes back with it", async (_, email) => {
  const host = await startPasswordHost(kit);
  const account = host.register({ email });
  const agent = host.agent();
  await host.signIn(agent, account);
  const authenticator = createSoftAuthenticator();
  await kit.enrollPasskey(agent, authenticator);
  expect(await kit.signInWithPasskey(host.agent(), authenticator)).toEqual({ id: account.id, email });
  const told = await sdkOf(kit).getUser({ userId: account.id });
  expect(told.email).toBe(email.endsWith(".example.com") ? email : undefined);
});

test("A row that has more columns than a user is answered without them", async () => {
  const host = await startPasswordHost(kit, (common) => ({
    ...common,
    users: { ...common.users, findById: async (id) => userWith({ id, password_hash: "$2b$10$secret" }) },
  }));
  const agent = host.agent();
  await host.signIn(agent, host.register({}));
  const session = await agent.get("/auth/session").expect(200);
  expect(Object.keys(session.body.user).sort()).toEqual(["email", "id"]);
});

test("A lookup that answers undefined for no row means that nobody is signed in", async () => {
  const host = await startPasswordHost(kit, (common, accounts) => ({
    ...common,
    users: {
      ...common.users,
      findById: async (id) => accounts.filter((account) => account.id === id)[0] ?? null,
    },
  }));
  const agent = host.agent();
  const account = host.register({});
  await host.signIn(agent, account);
  host.accounts.length = 0;
  expect((await agent.get("/auth/session").expect(200)).body).toEqual({ user: null });
});

test("An id that Authsignal cannot take is no outage where a host asks the gateway itself", async () => {
  const authsignal = createSdkGateway(kit.authsignal);
  for (let count = 0; count < 10; count += 1) {
    await expect(authsignal.listAuthenticators("auth0|65f1c0ffee")).rejects.toMatchObject({
      code: "internal_error",
    });
  }
  expect(authsignal.state()).toBe("ok");
});
