/** Cookies and sessions of a host beside ours: none is taken over, cleared or emptied. */
import express, { type Express, type RequestHandler } from "express";
import session from "express-session";
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { createKnownBrowserCookie } from "../../../server/sessions/known-browser-cookie.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";
import { setCookies } from "../lab.ts";

const now = () => new Date();

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage(now);
});
afterAll(() => storage.close());

const problems: { readonly cause?: { readonly message: string } }[] = [];

/** @param middleware in front of the routes: ours, a host's, or both */
function hostApp(middleware: (ours: RequestHandler) => readonly RequestHandler[], secure = false): Express {
  const { sessionStore } = storage;
  const secret = "a secret of more than thirty-two characters";
  const sessions = createCookieSessions({ store: sessionStore, secret, secure, now });
  const memory = createKnownBrowserCookie({ store: storage.knownBrowsers, secure, now });
  const app = express().set("trust proxy", 1);
  for (const handler of middleware(sessions.middleware)) app.use(handler);
  app.post("/start", async (req, res) => {
    await sessions.current(req);
    await sessions.start(req, res, { userId: "somebody", method: "passkey" });
    await memory.remember(req, res, "somebody");
    res.status(204).end();
  });
  app.post("/renew", async (req, res) => {
    await sessions.renew(req, res, { method: "passkey" });
    res.status(204).end();
  });
  app.post("/end", async (req, res) => {
    await sessions.end(req, res);
    res.status(204).end();
  });
  app.post("/host", express.json(), (req, res) => {
    Object.assign(req.session, req.body);
    res.status(204).end();
  });
  app.get("/host", (req, res) => void res.json(req.session));
  app.get("/current", async (req, res) => void res.json(await sessions.current(req)));
  app.use(createErrorHandler({ error: (line: object) => void problems.push(line) }));
  return app;
}

test.each([
  ["over http", false],
  ["over https", true],
])("Sign-in, renewal and sign-out set and clear only cookies with our names %s", async (_, secure) => {
  const app = hostApp((ours) => [ours], secure);
  const hosts = "session=host; browser=host; sid=host; __Host-session=host; __Host-browser=host";
  let cookie = hosts;
  for (const path of ["/start", "/renew", "/end"]) {
    const answer = await request(app).post(path).set({ Cookie: cookie, "X-Forwarded-Proto": "https" });
    expect(answer.status).toBe(204);
    const names = setCookies(answer).map((line) => line.split("=")[0]);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !/^(__Host-)?passkeys_/.test(name ?? ""))).toEqual([]);
    cookie = [hosts, ...setCookies(answer).map((line) => line.split(";")[0])].join("; ");
  }
});

const hostSession = () =>
  session({ name: "shop", secret: "of the shop", resave: false, saveUninitialized: false });

test.each<[string, (ours: RequestHandler) => readonly RequestHandler[]]>([
  ["before ours", (ours) => [hostSession(), ours]],
  ["instead of ours", () => [hostSession()]],
])(
  "createCookieSessions refuses to sign in to the session of a host whose middleware runs %s",
  async (_, middleware) => {
    const answer = await request(hostApp(middleware)).post("/start").expect(500);
    expect(setCookies(answer)).toEqual([]);
    expect(JSON.stringify(problems.at(-1))).toContain("already has a session of other middleware");
  },
);

test("The session middleware may run twice on a request", async () => {
  const agent = request.agent(hostApp((ours) => [ours, ours]));
  await agent.post("/start").expect(204);
  expect((await agent.get("/current").expect(200)).body).toMatchObject({ userId: "somebody" });
});

test("A host's data in our session signs nobody in and is kept when the session is renewed", async () => {
  const agent = request.agent(hostApp((ours) => [ours]));
  const basket = { basket: ["a"], signedIn: { id: "i", userId: "admin", startedAt: now().toISOString() } };
  await agent.post("/host").send(basket).expect(204);
  expect((await agent.get("/current").expect(200)).body).toBeNull();

  await agent.post("/start").expect(204);
  expect((await agent.get("/host").expect(200)).body).not.toHaveProperty("basket");
  await agent.post("/host").send(basket).expect(204);
  await agent.post("/renew").expect(204);
  expect((await agent.get("/host").expect(200)).body).toMatchObject(basket);
  expect((await agent.get("/current").expect(200)).body).toMatchObject({ userId: "somebody" });
});
