/** Stores that a host has from npm, by what they read of a session: its life, and the form of its id. */

import express from "express";
import session, { type SessionData } from "express-session";
import request from "supertest";
import { expect, test } from "vitest";
import { createBearerSessions } from "../../../server/sessions/bearer-sessions.ts";
import { createExpressSessionPort } from "../../../server/sessions/express-session-port.ts";
import { createJwtSessions } from "../../../server/sessions/jwt-sessions.ts";
import { exchangeOf } from "./exchange.ts";
import { JsonStore } from "./json-store.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** Reads `maxAge`, else takes one day: memorystore, connect-session-knex, better-sqlite3-session-store, Prisma's. */
class MaxAgeStore extends JsonStore {
  readonly #ends = new Map<string, number>();
  #advanced = 0;

  readonly now = (): Date => new Date(Date.now() + this.#advanced);

  advance(milliseconds: number): void {
    this.#advanced += milliseconds;
  }

  override get(sid: string, done: (error: unknown, kept?: SessionData | null) => void): void {
    if ((this.#ends.get(sid) ?? 0) <= this.now().getTime()) this.rows.delete(sid);
    super.get(sid, done);
  }

  override set(sid: string, kept: SessionData, done?: (error?: unknown) => void): void {
    this.#ends.set(sid, this.now().getTime() + (kept.cookie.maxAge ?? day));
    super.set(sid, kept, done);
  }
}

const asking = (token: string) => exchangeOf({ authorization: `Bearer ${token}` });

test("A JWT that has signed out stays refused for as long as it lives, in a store that reads maxAge", async () => {
  const store = new MaxAgeStore();
  const sessions = createJwtSessions({
    store,
    now: store.now,
    absoluteSeconds: (30 * day) / 1000,
    verify: (token) => JSON.parse(Buffer.from(token, "base64url").toString()),
    issue: (claims) => ({ token: Buffer.from(JSON.stringify(claims)).toString("base64url") }),
  });
  const first = exchangeOf();
  const { token } = await sessions.signIn(first.req, first.res, { userId: "7", method: "passkey" });
  await sessions.end(asking(token).req, asking(token).res);
  store.advance(2 * day);
  expect(await sessions.current(asking(token).req)).toBeNull();
});

test("A bearer session ends when it was idle, in a store that reads maxAge", async () => {
  const store = new MaxAgeStore();
  const sessions = createBearerSessions({ store, now: store.now });
  const { req, res, given } = exchangeOf();
  await sessions.start(req, res, { userId: "7", method: "passkey" });
  const token = given.get("Session-Token") ?? "";
  expect(await sessions.current(asking(token).req)).toMatchObject({ userId: "7" });
  store.advance(31 * minute);
  expect(await sessions.current(asking(token).req)).toBeNull();
});

test("A session of thirty days that a slow request brings back stays ended, in a store that reads maxAge", async () => {
  const store = new MaxAgeStore();
  const sessions = createExpressSessionPort({
    read: ({ userId }: { userId?: string }) => userId,
    write: (kept: { userId?: string }, userId) => Object.assign(kept, { userId }),
    now: store.now,
  });
  const app = express();
  const secret = "only the tests of this file know it";
  const cookie = { maxAge: 30 * day };
  app.use(session({ secret, resave: false, saveUninitialized: false, store, cookie }));
  app.post("/start", async (req, res) => {
    await sessions.start(req, res, { userId: "7", method: "passkey" });
    res.json(req.sessionID);
  });
  app.post("/end", async (req, res) => {
    await sessions.end(req, res);
    res.json({});
  });
  app.get("/current", async (req, res) => void res.json(await sessions.current(req)));

  const started = await request(app).post("/start").expect(200);
  const browser = started.get("Set-Cookie") ?? [];
  const row = JSON.parse(store.rows.get(started.body) ?? "");
  await request(app).post("/end").set("Cookie", browser).expect(200);
  await new Promise<void>((resolve) =>
    store.set(started.body, { ...row, cookie: { ...row.cookie, maxAge: 30 * day } }, () => resolve()),
  );
  store.advance(2 * day);
  expect((await request(app).get("/current").set("Cookie", browser).expect(200)).body).toBeNull();
});
