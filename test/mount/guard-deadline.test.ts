/** The guards in front of a host's own routes, while what they ask answers nothing. */
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { timeLeft } from "../../server/http/request-deadline.ts";
import { createPasskeyGuard, createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
});
afterAll(() => kit?.close());

async function startHost(requestTimeoutMs: number) {
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: false, now: kit.now });
  const common = commonOptions(kit, storage, sessions);
  let answers = true;
  const users = {
    ...common.users,
    findById: (id: string) => (answers ? common.users.findById(id) : new Promise<never>(() => {})),
  };
  const options = { ...common, users, afterCode: "limited", requestTimeoutMs } as const;
  const timeOfHandler = express().all("/{*any}", (_req, res) => {
    res.json({ isBounded: timeLeft() < Number.POSITIVE_INFINITY });
  });
  const app = express();
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter({ ...options, requestTimeoutMs: 10_000 }));
  app.use("/transfers", createStepUpGuard(options)("transfer-funds"), timeOfHandler);
  app.use("/payees", createPasskeyGuard(options)(), timeOfHandler);
  app.use(createErrorHandler({ error: () => {} }));
  const stopUsers = (): void => {
    answers = false;
  };
  return { app, stopUsers };
}

test.each(["/transfers", "/payees"])(
  "A guard of %s whose users never answer is a 503 at the request's deadline",
  async (path) => {
    const { app, stopUsers } = await startHost(100);
    const agent = kit.agent(app);
    await kit.signInWithOtp(agent);
    stopUsers();
    const { status, body } = await agent.post(path);
    expect([status, body.code]).toEqual([503, "upstream_unavailable"]);
  },
);

test("The handler behind a guard has no deadline of the guard's", async () => {
  const { app } = await startHost(10_000);
  const agent = kit.agent(app);
  const authenticator = createSoftAuthenticator();
  await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  await kit.stepUp(agent, authenticator, { action: "transfer-funds" });
  await agent.post("/transfers").expect(200, { isBounded: false });
  await agent.post("/payees").expect(200, { isBounded: false });
});
