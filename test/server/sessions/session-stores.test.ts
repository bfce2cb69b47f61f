/** The stores behind cookie sessions, without the flows: whichever one the environment names. */
import express, { type Express } from "express";
import request from "supertest";
import { expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { isToldToForget } from "../../kit/stored-sessions.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";

const minute = 60_000;

interface Host {
  readonly storage: TestStorage;
  advance(milliseconds: number): void;
}

/** A host's app with routes of its own around a session that begins. */
async function withHost(check: (app: Express, host: Host) => Promise<void>): Promise<void> {
  let advanced = 0;
  const storage = await openTestStorage(() => new Date(Date.now() + advanced));
  const { sessionStore } = storage;
  const sessions = createCookieSessions({
    store: sessionStore,
    secret: "a secret of more than thirty-two characters",
    secure: false,
    now: () => new Date(),
  });
  const app = express();
  app.use(sessions.middleware);
  app.post("/start-and-end", async (req, res) => {
    await sessions.start(req, res, { userId: "somebody", method: "passkey" });
    // As from another browser of the same person: with the answer's end, express-session saves the session again.
    await new Promise((resolve) => sessionStore.destroy(req.sessionID, resolve));
    res.status(204).end();
  });
  app.post("/start-and-remember", async (req, res) => {
    await sessions.start(req, res, { userId: "somebody", method: "passkey" });
    Object.assign(req.session, { remembered: "by the host" });
    res.status(204).end();
  });
  app.post("/start-for-a-minute", async (req, res) => {
    await sessions.start(req, res, { userId: "somebody", method: "passkey" });
    req.session.cookie.maxAge = minute;
    res.status(204).end();
  });
  app.get("/remembered", (req, res) => void res.json(Reflect.get(req.session, "remembered") ?? null));
  app.get("/current", async (req, res) => void res.json(await sessions.current(req)));
  app.use(createErrorHandler({ error: () => {} }));
  try {
    await check(app, {
      storage,
      advance: (milliseconds) => {
        advanced += milliseconds;
      },
    });
  } finally {
    await storage.close();
  }
}

test("A session that is ended before the answer of its sign-in goes out stays ended", () =>
  withHost(async (app) => {
    const agent = request.agent(app);
    await agent.post("/start-and-end").expect(204);
    expect((await agent.get("/current").expect(200)).body).toBeNull();
  }));

test("A host's data in a session that has just begun is kept", () =>
  withHost(async (app) => {
    const agent = request.agent(app);
    await agent.post("/start-and-remember").expect(204);
    expect((await agent.get("/current").expect(200)).body).toMatchObject({ userId: "somebody" });
    expect((await agent.get("/remembered").expect(200)).body).toBe("by the host");
  }));

test("A host can shorten the life of a session when it begins", () =>
  withHost(async (app, host) => {
    const agent = request.agent(app);
    await agent.post("/start-for-a-minute").expect(204);
    expect((await agent.get("/current").expect(200)).body).toMatchObject({ userId: "somebody" });
    if (await isToldToForget(host.storage, 60)) return;
    host.advance(minute + 1);
    expect((await agent.get("/current").expect(200)).body).toBeNull();
  }));
