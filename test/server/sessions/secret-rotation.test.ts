/** What signs the session cookie can be changed without signing anybody out. */
import express, { type Express } from "express";
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";
import { cookiesOf } from "../lab.ts";

const now = () => new Date();
const older = "the secret that every instance has had so far";
const newer = "the secret that every instance is going to have";

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage(now);
});
afterAll(() => storage.close());

const instances = new Map<string, Express>();

/** The instance of a host's app with these secrets, on the storage that all of them share. */
function instance(secret: string | readonly string[]): Express {
  const key = JSON.stringify(secret);
  const app = instances.get(key) ?? startInstance(secret);
  instances.set(key, app);
  return app;
}

function startInstance(secret: string | readonly string[]): Express {
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: false, now });
  const app = express();
  app.use(sessions.middleware);
  app.post("/sign-in", async (req, res) => {
    await sessions.start(req, res, { userId: "u-1", method: "passkey" });
    res.end();
  });
  app.post("/renewal", async (req, res) => {
    await sessions.renew(req, res, { method: "passkey" });
    res.end();
  });
  app.delete("/", async (req, res) => {
    await sessions.end(req, res);
    res.end();
  });
  app.get("/", async (req, res) => {
    const session = await sessions.current(req);
    res.json({ userId: session?.userId ?? null });
  });
  return app;
}

async function signInOn(app: Express): Promise<string> {
  return cookiesOf(await request(app).post("/sign-in").expect(200));
}

/** Whether the instance knows the session, and the cookie that the browser has afterwards. */
async function visit(app: Express, cookie: string): Promise<{ userId: string | null; cookie: string }> {
  const answer = await request(app).get("/").set("Cookie", cookie).expect(200);
  return { userId: answer.body.userId, cookie: cookiesOf(answer) };
}

test("A rotation of the secret signs nobody out: each step verifies the cookies of the steps before and after it", async () => {
  const steps = [instance(older), instance([older, newer]), instance([newer, older]), instance(newer)];
  for (const [at, step] of steps.entries()) {
    const cookie = await signInOn(step);
    for (const beside of steps.slice(Math.max(0, at - 1), at + 2)) {
      expect(await visit(beside, cookie)).toMatchObject({ userId: "u-1" });
    }
  }
});

test("A session of the old secret goes on, and the next answer signs its cookie with the first secret", async () => {
  const before = await signInOn(instance(older));
  const after = await visit(instance([newer, older]), before);
  expect(after).toMatchObject({ userId: "u-1" });
  expect(after.cookie).not.toBe(before);
  expect(await visit(instance(newer), after.cookie)).toMatchObject({ userId: "u-1" });
});

test.each([
  ["the secret before", older],
  ["the first secret", newer],
])(
  "Sign-out with a cookie that %s signed also ends the session that was renewed meanwhile",
  async (_, secret) => {
    const app = instance([newer, older]);
    const before = await signInOn(instance(secret));
    const renewed = cookiesOf(await request(app).post("/renewal").set("Cookie", before).expect(200));
    expect(await visit(app, renewed)).toMatchObject({ userId: "u-1" });
    await request(app).delete("/").set("Cookie", before).expect(200);
    expect(await visit(app, renewed)).toMatchObject({ userId: null });
  },
);

test("A cookie is invalid once the secret that signed it is removed", async () => {
  const cookie = await signInOn(instance(older));
  expect(await visit(instance(newer), cookie)).toMatchObject({ userId: null });
});
