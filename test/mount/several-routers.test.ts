/** One session port and several routers: apps that are built again, and two brands in one process. */
import express, { type Express } from "express";
import session from "express-session";
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createPasskeysRouter } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { livesInRedis } from "../kit/stored-sessions.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let other: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/a" });
  other = await startEmulatorFor({ prefix: "/b" });
});
afterAll(async () => {
  await kit?.close();
  await other?.close();
});

test("an app that is built twice over one session port works both times", async () => {
  const storage = await kit.openStorage();
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "only the tests of this host know it",
    secure: false,
    now: kit.now,
  });
  const createApp = (): Express =>
    express()
      .use(sessions.middleware)
      .use("/a", createPasskeysRouter(commonOptions(kit, storage, sessions)))
      .use(createErrorHandler({ error: () => {} }));
  for (const app of [createApp(), createApp()]) {
    const authenticator = createSoftAuthenticator();
    const agent = kit.agent(app);
    const user = await kit.signInWithOtp(agent);
    await kit.enrollPasskey(agent, authenticator);
    expect(await kit.signInWithPasskey(kit.agent(app), authenticator)).toEqual(user);
  }
});

test("two tenants over one session port each accept their own passkeys, and share the sign-in", async () => {
  const storage = await kit.openStorage();
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "only the tests of this host know it",
    secure: false,
    now: kit.now,
  });
  const app = express()
    .use(sessions.middleware)
    .use("/a", createPasskeysRouter(commonOptions(kit, storage, sessions)))
    .use("/b", createPasskeysRouter({ ...commonOptions(other, storage, sessions), now: kit.now }))
    .use(createErrorHandler({ error: () => {} }));
  const authenticator = createSoftAuthenticator();
  const agent = kit.agent(app);
  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  expect((await agent.get("/a/passkeys").expect(200)).body).toHaveLength(1);
  expect((await agent.get("/b/passkeys").expect(200)).body).toEqual([]);
  expect((await agent.get("/b/session").expect(200)).body).toMatchObject({ user });
  expect(await kit.signInWithPasskey(kit.agent(app), authenticator)).toEqual(user);
  await expect(other.signInWithPasskey(other.agent(app), authenticator)).rejects.toThrow();
});

test("two brands with a cookie name each keep their sign-ins apart, over one storage and one secret", async () => {
  const storage = await kit.openStorage();
  const brand = (cookieName: string) =>
    createCookieSessions({
      store: storage.sessionStore,
      secret: "only the tests of this host know it",
      secure: false,
      cookieName,
      now: kit.now,
    });
  const [a, b] = [brand("brand_a"), brand("brand_b")];
  const app = express()
    .use("/a", a.middleware, createPasskeysRouter(commonOptions(kit, storage, a)))
    .use("/b", b.middleware, createPasskeysRouter({ ...commonOptions(other, storage, b), now: kit.now }))
    .use(createErrorHandler({ error: () => {} }));
  const agent = kit.agent(app);
  const user = await kit.signInWithOtp(agent);
  expect((await agent.get("/a/session").expect(200)).body).toMatchObject({ user });
  expect((await agent.get("/b/session").expect(200)).body).toEqual({ user: null });
  await agent.post("/b/enroll-token").send({}).expect(401);
  const email = kit.newAddress();
  const asked = await kit.agent(app).post("/a/otp/challenge").send({ email }).expect(202);
  expect(String(asked.get("Set-Cookie"))).toMatch(/^brand_a_code=/);
  const code = await kit.readCode(email);
  const cookie = String(asked.get("Set-Cookie")).split(";")[0] ?? "";
  const verify = (path: string, sent: string) =>
    request(app).post(`${path}/otp/verify`).set("Cookie", sent).send({ code });
  await verify("/b", cookie.replace("brand_a", "brand_b")).expect(409);
  const signedIn = await verify("/a", cookie).expect(200);
  expect(String(signedIn.get("Set-Cookie"))).toMatch(/brand_a=s%3A/);
});

test("the cookie of one brand does not sign in to another", async () => {
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const shared = { store: storage.sessionStore, secret, secure: false, now: kit.now };
  const app = express();
  for (const name of ["brand_a", "brand_b", undefined]) {
    const sessions = createCookieSessions({ ...shared, ...(name !== undefined && { cookieName: name }) });
    app.use(`/${name ?? "none"}`, sessions.middleware, async (req, res) => {
      if (req.method === "POST") await sessions.start(req, res, { userId: "u1", method: "passkey" });
      res.json(await sessions.current(req));
    });
  }
  const signedIn = await request(app).post("/brand_a").expect(200);
  const [value = ""] = String(signedIn.get("Set-Cookie")).replace("brand_a=", "").split(";");
  const asked = async (path: string, name: string) =>
    (await request(app).get(path).set("Cookie", `${name}=${value}`).expect(200)).body;
  expect(await asked("/brand_a", "brand_a")).toMatchObject({ userId: "u1" });
  expect(await asked("/brand_b", "brand_b")).toBeNull();
  expect(await asked("/none", "passkeys_session")).toBeNull();
});

test("brands over one store keep their own settings of the cookie, whichever was made last", async () => {
  const storage = await kit.openStorage();
  const shared = { store: storage.sessionStore, secret: "only the tests of this host know it", now: kit.now };
  const app = express().set("trust proxy", true);
  const brands = [
    { cookieName: "short", secure: true, idleSeconds: 60 },
    { cookieName: "long", secure: false, idleSeconds: 3600 },
  ];
  for (const brand of brands) {
    const sessions = createCookieSessions({ ...shared, ...brand });
    app.use(`/${brand.cookieName}`, sessions.middleware, async (req, res) => {
      if (req.method === "POST") await sessions.start(req, res, { userId: "u1", method: "passkey" });
      res.json(await sessions.current(req));
    });
  }
  // A middleware of the host's own, over the same store.
  const own = { secret: "of this host", resave: false, saveUninitialized: true };
  app.use(session({ ...own, store: storage.sessionStore, cookie: { path: "/", httpOnly: false } }));
  app.use((req, res) => {
    req.session.regenerate(() => res.status(204).end());
  });
  const cookieOf = async (path: string) =>
    String((await request(app).post(path).set("X-Forwarded-Proto", "https")).get("Set-Cookie"));
  const [short, long, host] = [await cookieOf("/short"), await cookieOf("/long"), await cookieOf("/")];
  expect(short).toMatch(/^__Host-short=.*HttpOnly; Secure; SameSite=Lax/);
  expect(long).toMatch(/^long=(?!.*Secure).*HttpOnly; SameSite=Lax/);
  expect(host).toMatch(/^connect\.sid=(?!.*(HttpOnly|Secure))/);

  const lives = await livesInRedis(storage);
  // Redis forgets by its own clock, which no test can move: there it is held to what it was told.
  // The host's own, in the middle, has the store's half hour.
  if (lives !== null) return expect(lives.map((left) => Math.ceil(left / 60))).toEqual([1, 30, 60]);
  kit.advance(120_000);
  const whoAt = async (path: string, cookie: string) =>
    (await request(app).get(path).set("Cookie", cookie).set("X-Forwarded-Proto", "https")).body;
  expect(await whoAt("/short", short)).toBeNull();
  expect(await whoAt("/long", long)).toMatchObject({ userId: "u1" });
});

test("many brands over one store cause no warning of Node about listeners", async () => {
  const storage = await kit.openStorage();
  const shared = {
    store: storage.sessionStore,
    secret: "only the tests of this host know it",
    secure: false,
  };
  for (let brand = 0; brand < 20; brand += 1)
    createCookieSessions({ ...shared, cookieName: `brand_${brand}`, now: kit.now });
  expect(storage.sessionStore.listenerCount("disconnect")).toBeLessThan(
    storage.sessionStore.getMaxListeners(),
  );
});

test.each(["", "a b", "__Host-shop", "shop;"])(
  "createCookieSessions refuses the cookie name %j",
  async (cookieName) => {
    const storage = await kit.openStorage();
    const secret = "only the tests of this host know it";
    const options = { store: storage.sessionStore, secret, secure: false, now: kit.now, cookieName };
    expect(() => createCookieSessions(options)).toThrow(/`cookieName` must be 1 to 64 letters/);
  },
);
