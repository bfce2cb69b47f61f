/** The port over a host's own express-session: what becomes of the host's data, sign-in and store. */
import express, { type Express } from "express";
import session from "express-session";
import request from "supertest";
import { describe, expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import {
  createExpressSessionPort,
  type ExpressSessionPort,
  type ExpressSessionPortOptions,
} from "../../../server/sessions/express-session-port.ts";
import { gate } from "../../kit/gate.ts";
import { listen } from "../../kit/listen.ts";
import { holdBack } from "./hold-back.ts";
import { JsonStore } from "./json-store.ts";

/** As passport keeps it. */
interface Members {
  passport?: { user: number };
  basket?: string[];
  csrfSecret?: string;
}

const minute = 60_000;

interface Host {
  readonly app: Express;
  readonly store: JsonStore;
  readonly lines: object[];
  readonly sessions: ExpressSessionPort;
  advance(milliseconds: number): void;
  /** The next request to `/slow` writes to its session and answers when this gate opens. */
  readonly slow: ReturnType<typeof gate>;
}

function startHost(
  options: Partial<ExpressSessionPortOptions<Members>> = {},
  settings: Partial<session.SessionOptions> = {},
): Host {
  let advanced = 0;
  const store = new JsonStore();
  const slow = gate();
  const lines: object[] = [];
  const sessions = createExpressSessionPort({
    read: (kept: Members) => kept.passport?.user,
    write: (kept: Members, userId) => {
      kept.passport = { user: Number(userId) };
    },
    cookieName: "shop",
    now: () => new Date(Date.now() + advanced),
    ...options,
  });
  const app = express();
  app.use(
    session({
      name: "shop",
      secret: "only the tests of this host know it",
      resave: false,
      saveUninitialized: false,
      store,
      ...settings,
    }),
  );
  app.use(express.json());
  app.post("/members", (req, res) => {
    Object.assign(req.session, req.body);
    res.json({});
  });
  app.get("/members", (req, res) => {
    const own = Object.entries(req.session).filter(([name]) => name !== "cookie" && name !== "passkeys");
    res.json(Object.fromEntries(own));
  });
  app.post("/slow", async (req, res) => {
    slow.arrive();
    await slow.opened;
    Object.assign(req.session, req.body);
    res.json({});
  });
  app.get("/guarded", sessions.refuseEnded, (req, res) => {
    res.json((req.session as Members).passport ?? null);
  });
  app.post("/login", (req, _res, next) => {
    Object.assign(req.session, { passport: { user: req.body.user } });
    next();
  });
  app.post("/login", sessions.recordProof("password"), (_req, res) => void res.json({}));
  app.post("/old-login", (req, res) => {
    Object.assign(req.session, { passport: { user: req.body.user } });
    res.json({});
  });
  app.post("/record", sessions.recordProof("password"), (_req, res) => void res.json({}));
  app.post("/logout", (req, res, next) => {
    req.session.destroy((error: unknown) => (error ? next(error) : res.json({})));
  });
  app.post("/start", async (req, res) => {
    await sessions.start(req, res, req.body);
    res.json({});
  });
  app.post("/renew", async (req, res) => {
    await sessions.renew(req, res, { method: "passkey" });
    res.json({});
  });
  app.post("/slow-renew", async (req, res) => {
    slow.arrive();
    await slow.opened;
    await sessions.renew(req, res, { method: "passkey" });
    res.json({});
  });
  app.post("/forget", (req, res) => {
    delete (req.session as Members).passport;
    res.json({});
  });
  app.post("/end", async (req, res) => {
    await sessions.end(req, res);
    res.json({});
  });
  app.all("/current", async (req, res) => void res.json(await sessions.current(req)));
  app.use(createErrorHandler({ error: (line) => void lines.push(line) }));
  return {
    app,
    store,
    lines,
    sessions,
    slow,
    advance: (milliseconds) => {
      advanced += milliseconds;
    },
  };
}

const cookieOf = (answer: request.Response) => String(answer.get("Set-Cookie")?.[0]).split(";")[0] ?? "";

async function signInAs(app: Express, user: number) {
  const agent = request.agent(app);
  const answer = await agent.post("/login").send({ user }).expect(200);
  return { agent, cookie: cookieOf(answer) };
}

const members = async (agent: ReturnType<typeof request.agent>) =>
  (await agent.get("/members").expect(200)).body;
const current = async (agent: ReturnType<typeof request.agent>) =>
  (await agent.get("/current").expect(200)).body;

describe("a host's own data in its session", () => {
  test("A renewal keeps the basket, the CSRF secret and what passport keeps", async () => {
    const { app } = startHost();
    const { agent } = await signInAs(app, 7);
    await agent
      .post("/members")
      .send({ basket: ["tea"], csrfSecret: "x" })
      .expect(200);
    const before = await members(agent);
    const answer = await agent.post("/renew").expect(200);
    expect(answer.get("Set-Cookie")).toHaveLength(1);
    expect(await members(agent)).toEqual(before);
    expect(before).toEqual({ basket: ["tea"], csrfSecret: "x", passport: { user: 7 } });
  });

  test("A renewal takes the basket as another request has left it meanwhile", async () => {
    const { app, slow } = startHost();
    const { agent, cookie } = await signInAs(app, 7);
    await agent
      .post("/members")
      .send({ basket: ["tea"] })
      .expect(200);
    // A request that has loaded the old basket renews after the other one has saved a new one.
    const sessions = request(app)
      .post("/slow")
      .set("Cookie", cookie)
      .send({ basket: ["tea", "rice"] })
      .then();
    await slow.arrived;
    slow.open();
    await sessions;
    await agent.post("/renew").expect(200);
    expect(await members(agent)).toMatchObject({ basket: ["tea", "rice"] });
  });

  test("A sign-in carries over from a visitor only what the host names", async () => {
    const { app } = startHost({ keepAtSignIn: ["basket"] });
    const agent = request.agent(app);
    await agent
      .post("/members")
      .send({ basket: ["tea"], csrfSecret: "planted" })
      .expect(200);
    await agent.post("/start").send({ userId: "7", method: "passkey" }).expect(200);
    expect(await members(agent)).toEqual({ basket: ["tea"], passport: { user: 7 } });
  });

  test("A sign-in of another person gets nothing of the one before", async () => {
    const { app } = startHost({ keepAtSignIn: ["basket"] });
    const { agent } = await signInAs(app, 7);
    await agent
      .post("/members")
      .send({ basket: ["tea"] })
      .expect(200);
    await agent.post("/start").send({ userId: "8", method: "passkey" }).expect(200);
    expect(await members(agent)).toEqual({ passport: { user: 8 } });
  });

  test("A sign-in of the same person keeps all of it", async () => {
    const { app } = startHost();
    const { agent } = await signInAs(app, 7);
    await agent
      .post("/members")
      .send({ basket: ["tea"] })
      .expect(200);
    await agent.post("/start").send({ userId: "7", method: "passkey" }).expect(200);
    expect(await members(agent)).toEqual({ basket: ["tea"], passport: { user: 7 } });
  });

  test("A renewal keeps the life that the host has given to one session", async () => {
    const { app, store } = startHost({}, { cookie: { maxAge: 30 * minute } });
    const { agent } = await signInAs(app, 7);
    app.post("/remember-me", (req, res) => {
      req.session.cookie.maxAge = 30 * 24 * 60 * minute;
      Object.assign(req.session, { isRemembered: true });
      res.json({});
    });
    await agent.post("/remember-me").expect(200);
    await agent.post("/renew").expect(200);
    const lives = [...store.rows.values()].map((row) => JSON.parse(row).cookie.originalMaxAge);
    expect(lives.filter((life) => life > 29 * 24 * 60 * minute)).toHaveLength(2);
    expect(await current(agent)).toMatchObject({ userId: "7" });
  });
});

describe("a host's own sign-in", () => {
  test("A host's sign-in with recordProof is a proof of now, under a new session id", async () => {
    const { app } = startHost();
    const agent = request.agent(app);
    const planted = cookieOf(
      await agent
        .post("/members")
        .send({ basket: ["tea"] })
        .expect(200),
    );
    const signedIn = cookieOf(await agent.post("/login").send({ user: 7 }).expect(200));
    expect(signedIn).not.toBe(planted);
    expect(await members(agent)).toEqual({ basket: ["tea"], passport: { user: 7 } });
    const session = await current(agent);
    expect(session).toMatchObject({ userId: "7", method: "password" });
    expect(Date.now() - Date.parse(session.authenticatedAt)).toBeLessThan(minute);
    const thief = await request(app).get("/current").set("Cookie", planted).expect(200);
    expect(thief.body).toBeNull();
  });

  test("A host's sign-in with recordProof again keeps the session's id and renews its proof", async () => {
    const { app, advance } = startHost();
    const { agent } = await signInAs(app, 7);
    const before = await current(agent);
    advance(20 * minute);
    await agent.post("/login").send({ user: 7 }).expect(200);
    const after = await current(agent);
    expect(after.id).toBe(before.id);
    expect(Date.parse(after.authenticatedAt)).toBeGreaterThan(Date.parse(before.authenticatedAt));
  });

  test("A session of before the router is signed in, and its proof is never fresh", async () => {
    const { app } = startHost();
    const agent = request.agent(app);
    await agent.post("/old-login").send({ user: 7 }).expect(200);
    const session = await current(agent);
    expect(session).toMatchObject({
      userId: "7",
      method: "password",
      authenticatedAt: "1970-01-01T00:00:00.000Z",
    });
    expect(await current(agent)).toEqual(session);
    await agent.post("/renew").expect(200);
    expect(await current(agent)).toMatchObject({ id: session.id, method: "passkey" });
  });

  test("A proof does not pass to another user whom the host signs in over the same session", async () => {
    const { app } = startHost();
    const { agent } = await signInAs(app, 7);
    const { id } = await current(agent);
    await agent.post("/old-login").send({ user: 8 }).expect(200);
    const session = await current(agent);
    expect(session).toMatchObject({ userId: "8", authenticatedAt: "1970-01-01T00:00:00.000Z" });
    expect(session.id).not.toBe(id);
  });

  test("recordProof for a request that signed nobody in is an error that says where to mount it", async () => {
    const { app, lines } = startHost();
    await request(app).post("/record").expect(500);
    expect(JSON.stringify(lines)).toContain("mount it behind the handler that signs in");
  });
});

describe("a host that keeps the whole user in its session, and looks it up in `write`", () => {
  const lookingUp = (find: (userId: string) => Promise<number>) => ({
    write: async (kept: Members, userId: string) => {
      kept.passport = { user: await find(userId) };
    },
  });

  test("A sign-in and a renewal wait for the user", async () => {
    const { app } = startHost(lookingUp(async (userId) => Number(userId)));
    const agent = request.agent(app);
    await agent.post("/start").send({ userId: "7", method: "passkey" }).expect(200);
    await agent.post("/renew").expect(200);
    expect(await members(agent)).toEqual({ passport: { user: 7 } });
  });

  test("A look-up that fails leaves the session as it was", async () => {
    const fails = lookingUp(() => Promise.reject(new Error("users are out")));
    const { app } = startHost({ ...fails, keepAtSignIn: ["basket"] });
    const agent = request.agent(app);
    await agent.post("/old-login").send({ user: 7 }).expect(200);
    const failed = await agent.post("/renew").expect(500);
    expect(failed.get("Set-Cookie")).toBeUndefined();
    expect(await members(agent)).toEqual({ passport: { user: 7 } });
  });

  test("An answer that is sent while the look-up lasts neither signs in nor out", async () => {
    const looking = gate();
    const { app, sessions } = startHost(
      lookingUp(async () => {
        looking.arrive();
        await looking.opened;
        return 7;
      }),
    );
    app.post("/impatient-renew", async (req, res) => {
      const renewing = sessions.renew(req, res, { method: "passkey" });
      await looking.arrived;
      res.json({});
      looking.open();
      await renewing.catch(() => {});
    });
    const agent = request.agent(app);
    await agent.post("/old-login").send({ user: 7 }).expect(200);
    const answer = await agent.post("/impatient-renew").expect(200);
    expect(answer.get("Set-Cookie")).toBeUndefined();
  });
});

describe("a session that has ended", () => {
  test("A host's own sign-out during a step-up wins: the proof renews nothing", async () => {
    const { app, slow, store } = startHost();
    const { agent, cookie } = await signInAs(app, 7);
    const renewal = request(app).post("/slow-renew").set("Cookie", cookie).then();
    await slow.arrived;
    await agent.post("/logout").expect(200);
    slow.open();
    const refused = await renewal;
    expect([refused.status, refused.body.code]).toEqual([401, "not_authenticated"]);
    expect(refused.get("Set-Cookie")).toBeUndefined();
    expect([...store.rows.values()].filter((row) => "passport" in JSON.parse(row))).toEqual([]);
  });

  test.each([
    ["destroys the session", "/logout"],
    ["takes the user out of it", "/forget"],
  ])(
    "A body that is held back until after a host's own sign-out, which %s, is a visitor's",
    async (_, signOut) => {
      const { app } = startHost();
      const { agent, cookie } = await signInAs(app, 7);
      const server = await listen(app);
      try {
        const request = { cookie, method: "POST", path: "/current", body: "{}" };
        expect((await (await holdBack(server.url, request)).finish()).text).toContain('"userId":"7"');
        const held = await holdBack(server.url, request);
        await agent.post(signOut).expect(200);
        expect((await held.finish()).text).toMatch(/\r\nnull$/);
      } finally {
        await server.close();
      }
    },
  );

  test.each(["end", "renew"])(
    "A session that a slow request brings back after %s is a visitor's for the port and behind refuseEnded",
    async (change) => {
      const { app, slow, store } = startHost();
      const { agent, cookie } = await signInAs(app, 7);
      const late = request(app)
        .post("/slow")
        .set("Cookie", cookie)
        .send({ basket: ["tea"] })
        .then();
      await slow.arrived;
      await agent.post(`/${change}`).expect(200);
      slow.open();
      await late;
      const broughtBack = [...store.rows.values()].filter((row) => row.includes('"tea"'));
      expect(broughtBack).toHaveLength(1);
      const guarded = await request(app).get("/guarded").set("Cookie", cookie).expect(200);
      expect(guarded.body).toBeNull();
      expect((await request(app).get("/current").set("Cookie", cookie).expect(200)).body).toBeNull();
      expect(await current(agent)).toEqual(
        change === "end" ? null : expect.objectContaining({ userId: "7" }),
      );
    },
  );

  test("refuseEnded lets a signed-in person and a visitor pass as they are", async () => {
    const { app } = startHost();
    const { agent } = await signInAs(app, 7);
    expect((await agent.get("/guarded").expect(200)).body).toEqual({ user: 7 });
    expect((await request(app).get("/guarded").expect(200)).body).toBeNull();
  });

  test("Signing out clears the host's cookie, and a visitor's sign-out writes nothing to the store", async () => {
    const { app, store } = startHost();
    const out = await request(app).post("/end").expect(200);
    expect(store.rows.size).toBe(0);
    expect(String(out.get("Set-Cookie"))).toMatch(/^shop=;.*Expires=Thu, 01 Jan 1970/);
    const { agent } = await signInAs(app, 7);
    await agent.post("/end").expect(200);
    expect(await current(agent)).toBeNull();
  });

  test("With absoluteSeconds a session ends so long after its sign-in, also when it was renewed", async () => {
    const { app, advance } = startHost({ absoluteSeconds: 3600 });
    const { agent } = await signInAs(app, 7);
    advance(59 * minute);
    await agent.post("/renew").expect(200);
    expect(await current(agent)).not.toBeNull();
    advance(2 * minute);
    expect(await current(agent)).toBeNull();
    expect(await members(agent)).toEqual({});
  });
});

describe("what cannot work is said", () => {
  const hosts = { read: () => null, write: () => {} };
  test.each<[object, RegExp]>([
    [{ write: () => {} }, /pass \{ read, write \}/],
    [{ ...hosts, keepAtSignIn: "basket" }, /`keepAtSignIn` must be a list/],
    [{ ...hosts, absoluteSeconds: -1 }, /`absoluteSeconds` must be a whole number above 0/],
    [{ ...hosts, hostMethod: "Pass word" }, /`hostMethod` must be one of/],
  ])("createExpressSessionPort refuses %j", (options, sentence) => {
    expect(() => Reflect.apply(createExpressSessionPort, undefined, [options])).toThrow(sentence);
  });

  async function faultOf(app: Express, lines: object[]): Promise<string> {
    await request(app).post("/start").send({ userId: "7", method: "passkey" }).expect(500);
    return JSON.stringify(lines);
  }

  test("A request without a session says to mount the session middleware before the router", async () => {
    const lines: object[] = [];
    const sessions = createExpressSessionPort(hosts);
    const app = express();
    app.post("/start", (req, res) => sessions.start(req, res, { userId: "7", method: "passkey" }));
    app.use(createErrorHandler({ error: (line) => void lines.push(line) }));
    expect(await faultOf(app, lines)).toContain("Mount your express-session middleware before");
  });

  test("A session that is kept in its cookie is refused, because it cannot be ended", async () => {
    const lines: object[] = [];
    const sessions = createExpressSessionPort(hosts);
    const app = express();
    app.use((req, _res, next) => {
      Object.assign(req, { session: { user: 7 } });
      next();
    });
    app.post("/start", (req, res) => sessions.start(req, res, { userId: "7", method: "passkey" }));
    app.use(createErrorHandler({ error: (line) => void lines.push(line) }));
    expect(await faultOf(app, lines)).toContain("it has no store");
  });

  test("A Secure cookie that could not be set is an error that names trust proxy", async () => {
    const { app, lines } = startHost({}, { cookie: { secure: true } });
    expect(await faultOf(app, lines)).toContain('app.set(\\"trust proxy\\", 1)');
  });

  test("A `write` whose user `read` does not find is named", async () => {
    const { app, lines } = startHost({ write: () => {} });
    expect(await faultOf(app, lines)).toContain("`read` does not find the user whom `write` has written");
  });

  test("A `read` that returns the user instead of the id is named", async () => {
    const { app, lines } = startHost({ read: () => Object({ id: 7 }) });
    expect(await faultOf(app, lines)).toContain("`read` returned object. Return the id of the user");
  });
});

test("A request that names a hundred codes has four of them looked up", async () => {
  const store = new session.MemoryStore();
  const get = store.get.bind(store);
  let reads = 0;
  store.get = (...call) => {
    reads += 1;
    get(...call);
  };
  const sessions = createExpressSessionPort({ read: () => null, write: () => {} });
  const app = express()
    .use(session({ store, secret: "only this test knows it", resave: false, saveUninitialized: false }))
    .get("/", async (req, res) => void res.json(await sessions.pendingOtp(req)));
  const cookies = Array.from({ length: 100 }, (_, at) => `connect.sid_code=${String(at).padStart(43, "a")}`);
  expect((await request(app).get("/").set("Cookie", cookies.join("; ")).expect(200)).body).toBeNull();
  expect(reads).toBe(4);
});
