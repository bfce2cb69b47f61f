import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createAccountControls,
  createCookieSessions,
  createErrorHandler,
  createPasskeysRouter,
  createStepUpGuard,
  type UserDirectory,
} from "../../server/index.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { deleteAccount } from "./account-deletion.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let app: express.Express;
const accounts = new Map<string, string>();
const users: UserDirectory = {
  findById: async (id) => {
    const email = accounts.get(id);
    return email === undefined ? null : { id, email };
  },
  findOrCreateByEmail: async (email) => {
    const known = [...accounts].find(([, address]) => address === email);
    const id = known?.[0] ?? `member-${accounts.size + 1}`;
    accounts.set(id, email);
    return { id, email };
  },
};

beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    index: storage.sessionIndex,
    secret,
    secure: false,
    now: kit.now,
  });
  const options = { ...commonOptions(kit, storage, sessions), users, stepUpActions: ["close-account"] };
  app = express();
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(options));
  const deleteUser = async (id: string) => void accounts.delete(id);
  const controls = createAccountControls(options);
  const confirm = createStepUpGuard(options)("close-account", undefined, { ifEnrolled: true });
  app.delete("/account", confirm, deleteAccount({ sessions, controls, deleteUser }));
  app.use(createErrorHandler({ error: () => {} }));
});
afterAll(() => kit?.close());

test("A deleted account leaves no user at Authsignal, no session anywhere, and a passkey that signs nobody in", async () => {
  const agent = kit.agent(app);
  const elsewhere = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  const { id, email } = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  await kit.signInWithPasskey(elsewhere, authenticator);

  await agent.delete("/account").expect(403);
  expect(accounts.has(id)).toBe(true);
  await kit.stepUp(agent, authenticator, { action: "close-account" });
  await agent.delete("/account").expect(204);

  expect((await agent.get("/auth/session")).body).toEqual({ user: null });
  expect((await elsewhere.get("/auth/session")).body).toEqual({ user: null });
  const { tenants } = kit.emulator.exportState();
  for (const { users, userAuthenticators } of Object.values(tenants))
    expect(JSON.stringify([users, userAuthenticators])).not.toContain(`"${id}"`);
  expect(email).toMatch(/@/);
  await expect(kit.signInWithPasskey(kit.agent(app), authenticator)).rejects.toThrow();
});

test("An account without a passkey is deleted without a step-up", async () => {
  const agent = kit.agent(app);
  const { id } = await kit.signInWithOtp(agent);
  await agent.delete("/account").expect(204);
  expect(accounts.has(id)).toBe(false);
});
