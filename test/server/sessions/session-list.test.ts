/** People see the sessions that are open in their name, and end them: with cookies and with bearer tokens. */
import express, { type Express } from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import type { SessionPort } from "../../../server/passkeys/ports/sessions.ts";
import { createBearerSessions } from "../../../server/sessions/bearer-sessions.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { bearerTokens } from "../../kit/bearer-agent.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { gate } from "../../kit/gate.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";
import { only } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const safari =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

describe("over the API", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(async () => {
    expect(lab.leaks()).toEqual([]);
    await lab.close();
  });

  const isSignedIn = async (agent: Agent) =>
    (await agent.get(api("getSession")).expect(200)).body.user !== null;
  const list = async (agent: Agent) => (await agent.get(api("listSessions")).expect(200)).body;

  /** Somebody with two browsers. */
  async function personWithTwo() {
    const person = await lab.person("passkey");
    const other = lab.agent();
    other.set("User-Agent", safari);
    await lab.signInWithPasskey(other, person.authenticator);
    return { ...person, other };
  }

  test("the list has browser, system, method and times in words, and this session first", async () => {
    const { agent, other } = await personWithTwo();
    const found = await list(other);
    expect(found).toMatchObject([
      { current: true, browser: "Safari", system: "iPhone", place: null, method: "passkey" },
      { current: false, browser: null, system: null, method: "email-otp" },
    ]);
    for (const { startedAt, lastSeenAt } of found) {
      expect(Math.abs(Date.parse(startedAt) - Date.now())).toBeLessThan(120_000);
      expect(Date.parse(lastSeenAt)).toBeGreaterThanOrEqual(Date.parse(startedAt));
    }
    expect((await list(agent)).map((one: { current: boolean }) => one.current)).toEqual([true, false]);
  });

  test("one session can be ended from another, at once and for good", async () => {
    const { agent, other } = await personWithTwo();
    const [, theirs] = await list(agent);
    await agent.delete(`/api/sessions/${theirs.id}`).expect(204);
    expect(await isSignedIn(other)).toBe(false);
    await other.get(api("listPasskeys")).expect(401);
    expect(await isSignedIn(agent)).toBe(true);
    expect(await list(agent)).toHaveLength(1);
    const again = await agent.delete(`/api/sessions/${theirs.id}`).expect(404);
    expect(again.body.code).toBe("session_not_found");
  });

  test("all others can be ended, and this one stays", async () => {
    const { agent, other, authenticator } = await personWithTwo();
    const third = lab.agent();
    await lab.signInWithPasskey(third, authenticator);
    await agent.delete(api("endOtherSessions")).expect(204);
    expect(await Promise.all([agent, other, third].map(isSignedIn))).toEqual([true, false, false]);
  });

  test("ending this session signs out", async () => {
    const { agent, other } = await personWithTwo();
    const [own] = await list(agent);
    await agent.delete(`/api/sessions/${own.id}`).expect(204);
    expect(await Promise.all([agent, other].map(isSignedIn))).toEqual([false, true]);
  });

  test("sessions of other people look as if they did not exist, and stay", async () => {
    const { agent } = await personWithTwo();
    const stranger = await lab.person();
    const [theirs] = await list(stranger.agent);
    const foreign = await agent.delete(`/api/sessions/${theirs.id}`);
    const unknown = await agent.delete("/api/sessions/00000000-0000-4000-8000-000000000000");
    expect({ ...foreign.body, requestId: "" }).toEqual({ ...unknown.body, requestId: "" });
    expect(foreign.status).toBe(404);
    await agent.delete(api("endOtherSessions")).expect(204);
    expect(await isSignedIn(stranger.agent)).toBe(true);
  });

  test.each(["%00", "a%00b", "%E2%80%AE", "%20", "x".repeat(300)])(
    "the session id %s, which no session can have, is not found",
    async (id) => {
      const { agent } = await personWithTwo();
      const refused = await agent.delete(`/api/sessions/${id}`).expect(404);
      expect(refused.body.code).toBe("session_not_found");
    },
  );

  test("a signed-out session is not in the list any more", async () => {
    const { agent, other } = await personWithTwo();
    await other.delete(api("deleteSession")).expect(204);
    expect(await list(agent)).toHaveLength(1);
  });

  test("a step-up makes no second entry, and its session can still be ended by the same id", async () => {
    const person = await personWithTwo();
    const before = await list(person.agent);
    await lab.proveAgain({ agent: person.other, authenticator: person.authenticator });
    expect((await list(person.agent)).map(({ id }: { id: string }) => id).toSorted()).toEqual(
      before.map(({ id }: { id: string }) => id).toSorted(),
    );
    await person.agent.delete(`/api/sessions/${before[1].id}`).expect(204);
    expect(await isSignedIn(person.other)).toBe(false);
  });

  test.each(["listSessions", "endOtherSessions"] as const)("%s needs a session", async (name) => {
    const agent = lab.agent();
    const answer = name === "listSessions" ? await agent.get(api(name)) : await agent.delete(api(name));
    expect([answer.status, answer.body.code]).toEqual([401, "not_authenticated"]);
  });

  test("ending sessions needs a fresh sign-in, so that a session that was taken over keeps nobody out", async () => {
    const own = await startLab();
    try {
      const person = await own.person("passkey");
      const other = own.agent();
      await own.signInWithPasskey(other, person.authenticator);
      own.advance(11 * 60 * 1000);
      const [, theirs] = (await person.agent.get(api("listSessions")).expect(200)).body;
      for (const path of [`/api/sessions/${theirs.id}`, "/api/sessions"]) {
        const refused = await person.agent.delete(path).expect(403);
        expect(refused.body.code).toBe("step_up_required");
      }
      await own.proveAgain(person);
      await person.agent.delete("/api/sessions").expect(204);
      expect((await other.get(api("getSession")).expect(200)).body.user).toBeNull();
    } finally {
      await own.close();
    }
  });

  test("a session that was ended during its step-up is not renewed, and the answer is 401", async () => {
    const { agent, other, authenticator } = await personWithTwo();
    const token = await lab.stepUpToken({ agent: other, authenticator });
    const validating = gate();
    lab.line.fail(
      only("/validate", async (call) => {
        const real = await call.forward();
        validating.arrive();
        await validating.opened;
        call.response.writeHead(real.status, { "Content-Type": "application/json" }).end(real.body);
      }),
    );
    try {
      const slow = other
        .post(api("validate"))
        .send({ token, action: "manage-passkeys" })
        .then((answer) => answer);
      await validating.arrived;
      await agent.delete(api("endOtherSessions")).expect(204);
      validating.open();
      expect((await slow).status).toBe(401);
      expect(await isSignedIn(other)).toBe(false);
    } finally {
      validating.open();
      lab.line.fail(null);
    }
  });

  test("two browsers that end each other at the same moment never leave both signed in", async () => {
    const { agent, other } = await personWithTwo();
    const answers = await Promise.all([agent, other].map((one) => one.delete(api("endOtherSessions"))));
    for (const { status } of answers) expect([204, 401]).toContain(status);
    expect((await Promise.all([agent, other].map(isSignedIn))).filter(Boolean).length).toBeLessThan(2);
  });
});

describe("a port without a list", () => {
  test("has no routes for sessions, and they are not in OpenAPI", async () => {
    const storage = await openTestStorage(() => new Date());
    const lab = await startLab({
      host: {
        options: {
          sessions: createBearerSessions({ store: storage.sessionStore }),
        },
      },
    });
    try {
      for (const [method, path] of [
        ["get", "/api/sessions"],
        ["delete", "/api/sessions"],
        ["delete", "/api/sessions/x"],
      ] as const) {
        const answer = await request(lab.url)[method](path).set("Origin", lab.origin).expect(404);
        expect(answer.body.code).toBe("not_found");
      }
      const { body } = await request(lab.url).get("/api/openapi.json").expect(200);
      expect(Object.keys(body.paths).filter((path) => path.startsWith("/sessions"))).toEqual([]);
    } finally {
      await lab.close();
      await storage.close();
    }
  });
});

describe.each(["cookies", "bearer tokens"])("the port over %s", (kind) => {
  let storage: TestStorage;
  let app: Express;
  let port: SessionPort;
  let now = Date.now();
  beforeAll(async () => {
    storage = await openTestStorage(() => new Date(now));
    const common = {
      store: storage.sessionStore,
      index: storage.sessionIndex,
      placeOf: () => "Wellington, New Zealand",
      now: () => new Date(now),
    };
    app = express();
    if (kind === "cookies") {
      const sessions = createCookieSessions({
        ...common,
        secret: "a secret of more than thirty-two characters",
        secure: false,
      });
      app.use(sessions.middleware);
      port = sessions;
    } else port = createBearerSessions(common);
    app.post("/session/:userId", async (req, res) => {
      await port.start(req, res, { userId: req.params.userId, method: "password" });
      res.status(204).end();
    });
    app.post("/renewal", async (req, res) => {
      await port.renew(req, res, { method: "passkey" });
      res.status(204).end();
    });
    app.delete("/session", async (req, res) => {
      await port.end(req, res);
      res.status(204).end();
    });
    app.get("/session", async (req, res) => void res.json(await port.current(req)));
    app.use(createErrorHandler({ error: () => {} }));
  });
  afterAll(() => storage.close());

  const browser = (): Agent =>
    kind === "cookies" ? request.agent(app) : request.agent(app).use(bearerTokens());
  async function signIn(userId: string): Promise<Agent> {
    const agent = browser();
    await agent.post(`/session/${userId}`).set("User-Agent", firefox).expect(204);
    return agent;
  }
  const list = () => {
    if (port.sessionList === undefined) throw new Error("The port has no list.");
    return port.sessionList;
  };
  const idOf = async (agent: Agent) => (await agent.get("/session").expect(200)).body?.id ?? null;

  test("lists a session with what the host says of its place, and moves when it was last seen", async () => {
    const agent = await signIn("u-1");
    const started = now;
    now += 10 * 60_000;
    const id = await idOf(agent);
    expect(await list().list("u-1")).toEqual([
      {
        id,
        browser: "Firefox",
        system: "Windows",
        place: "Wellington, New Zealand",
        method: "password",
        startedAt: new Date(started),
        lastSeenAt: new Date(now),
      },
    ]);
    await agent.post("/renewal").expect(204);
    await agent.get("/session").expect(200);
    expect(await list().list("u-1")).toMatchObject([{ id, method: "passkey" }]);
  });

  test("lists no session that was idle too long, or is over", async () => {
    await signIn("u-2");
    now += 31 * 60_000;
    expect(await list().list("u-2")).toEqual([]);
  });

  test("ends sessions of the user alone, and says how many", async () => {
    const [one, two, foreign] = [await signIn("u-3"), await signIn("u-3"), await signIn("u-4")];
    const [first, second, theirs] = [await idOf(one), await idOf(two), await idOf(foreign)];
    expect(await list().end("u-3", theirs)).toBe(false);
    expect(await list().end("u-3", first)).toBe(true);
    expect(await list().end("u-3", first)).toBe(false);
    expect([await idOf(one), await idOf(two), await idOf(foreign)]).toEqual([null, second, theirs]);
    const three = await signIn("u-3");
    expect(await list().endAll("u-3", second)).toBe(1);
    expect([await idOf(two), await idOf(three)]).toEqual([second, null]);
    expect(await list().endAll("u-3")).toBe(1);
    expect([await idOf(two), await idOf(foreign)]).toEqual([null, theirs]);
  });

  test("takes a session that is replaced by another sign-in, or signed out, off the list", async () => {
    const agent = await signIn("u-5");
    await agent.post("/session/u-6").expect(204);
    expect(await list().list("u-5")).toEqual([]);
    expect(await list().list("u-6")).toHaveLength(1);
    await agent.delete("/session").expect(204);
    expect(await list().list("u-6")).toEqual([]);
  });

  test("renews no session that was ended", async () => {
    const agent = await signIn("u-7");
    await list().endAll("u-7");
    await agent.post("/renewal").expect(401);
    expect(await idOf(agent)).toBeNull();
  });

  test("lets the browser of an ended session sign in again", async () => {
    const agent = await signIn("u-8");
    await list().endAll("u-8");
    await agent.post("/session/u-8").expect(204);
    expect(await idOf(agent)).not.toBeNull();
    expect(await list().list("u-8")).toHaveLength(1);
  });
});
