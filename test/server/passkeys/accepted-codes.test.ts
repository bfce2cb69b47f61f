/**
 * Authsignal accepts a code once. When the sign-in fails after that, on this side, the same code finishes it later: in the
 * same browser, and once.
 */
import express, { type Express } from "express";
import { MemoryStore, type SessionData } from "express-session";
import request from "supertest";
import { afterEach, describe, expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import { createPasskeysRouter } from "../../../server/passkeys/index.ts";
import type { UserDirectory } from "../../../server/passkeys/ports/users.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { api } from "../../kit/flows.ts";
import { type BuiltStack, buildStack, type StackAppDeps } from "../../kit/stack.ts";

let stack: BuiltStack;
afterEach(async () => {
  expect(stack.log.leaks()).toEqual([]);
  await stack.close();
});

/** A session store whose server is away now and then. */
class HostStore extends MemoryStore {
  isAway = false;

  override set(sid: string, data: SessionData, done?: (error?: unknown) => void): void {
    if (this.isAway) setImmediate(() => done?.(new Error("The server is away.")));
    else super.set(sid, data, done);
  }
}

interface HostParts {
  readonly store?: HostStore;
  readonly users?: (own: UserDirectory) => UserDirectory;
}

function hostOf({ store = new HostStore(), users = (own) => own }: HostParts) {
  return (deps: StackAppDeps): Express => {
    const { authsignal, storage, log, origin, sessionSecret, browser, now } = deps;
    const sessions = createCookieSessions({ store, secret: sessionSecret, secure: false, now });
    return express()
      .use(sessions.middleware)
      .use(
        "/api",
        createPasskeysRouter({
          authsignal,
          storage,
          sessions,
          browser,
          users: users(createSqlUsers(storage.accounts, now)),
          origins: [origin],
          now,
          requestTimeoutMs: 4000,
        }),
      )
      .use(createErrorHandler(log));
  };
}

async function askForCode() {
  const agent = request.agent(stack.url).set("Origin", stack.origin);
  const email = stack.flows.newAddress();
  await agent.post(api("challengeOtp")).send({ email }).expect(202);
  const code = await stack.flows.readCode(email);
  const enter = () => agent.post(api("verifyOtp")).send({ code });
  return { agent, email, enter };
}

describe("a code that Authsignal has accepted", () => {
  test.each<[string, () => Promise<never>]>([
    [
      "refuse the connection",
      async () => {
        throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      },
    ],
    ["never answer", () => new Promise<never>(() => {})],
  ])("A code signs in at the second try when a host's users %s at the first", async (_, fail) => {
    let isAway = true;
    const users = (own: UserDirectory): UserDirectory => ({
      findById: own.findById,
      findOrCreateByEmail: (email) => (isAway ? fail() : own.findOrCreateByEmail(email)),
    });
    stack = await buildStack({ app: hostOf({ users }) });
    const { agent, email, enter } = await askForCode();
    expect((await enter().expect(503)).body.code).toBe("upstream_unavailable");
    expect((await agent.get(api("getSession"))).body.user).toBeNull();
    isAway = false;
    expect((await enter().expect(200)).body.user.email).toBe(email);
    expect((await agent.get(api("getSession"))).body.user.email).toBe(email);
  });

  test("A code signs in at the second try when the session cannot be stored at the first, and then no more", async () => {
    const store = new HostStore();
    stack = await buildStack({ app: hostOf({ store }) });
    const { agent, email, enter } = await askForCode();
    store.isAway = true;
    await enter().expect(503);
    store.isAway = false;
    const answers = await Promise.all(Array.from({ length: 8 }, () => enter()));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await agent.get(api("getSession"))).body.user?.email).toBe(email);
    expect((await enter()).status).toBeGreaterThanOrEqual(400);
  });
});
