/**
 * What a host's code, a client or a network does wrong costs one request at most. An event without a listener or a
 * rejection without a handler, which would end a process, fails the run.
 */
import { once } from "node:events";
import { connect } from "node:net";
import express, { type Express } from "express";
import session, { type SessionData, Store } from "express-session";
import request from "supertest";
import { afterEach, describe, expect, test, vi } from "vitest";
import { requestContext } from "../../../server/app/request-context.ts";
import { createClientApiProxy } from "../../../server/authsignal/client-api-proxy.ts";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import { createLogger } from "../../../server/http/log.ts";
import { createBearerSessions } from "../../../server/sessions/bearer-sessions.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { captureLog } from "../../kit/captured-log.ts";
import { api } from "../../kit/flows.ts";
import { listen } from "../../kit/listen.ts";
import { openTestStorage } from "../../kit/test-storage.ts";
import { only } from "../authsignal/authsignal-line.ts";
import { startLab } from "../lab.ts";

afterEach(() => void vi.restoreAllMocks());

function nextWarning(): Promise<Error> {
  return once(process, "warning").then(([warning]) => warning);
}

/** What a driver says whose server is not there. */
async function refusedConnection(): Promise<Error> {
  const gone = await listen(() => {}, { host: "127.0.0.1" });
  await gone.close();
  const [error] = await once(connect(gone.port, "127.0.0.1"), "error");
  return error;
}

describe("a host's listener for security events", () => {
  const listeners: [name: string, onEvent: (event: object) => unknown][] = [
    [
      "throws",
      () => {
        throw new Error("The host's own table is missing.");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("The host's own table is missing."))],
  ];

  test.each(listeners)(
    "A host's event listener that %s fails no sign-in and becomes a warning of the process",
    async (_, onEvent) => {
      const lab = await startLab({ host: { options: { onEvent } } });
      try {
        const warned = nextWarning();
        const { agent, user } = await lab.person();
        expect((await agent.get(api("getSession")).expect(200)).body.user).toEqual(user);
        expect((await warned).message).toContain("The host's own table is missing.");
      } finally {
        await lab.close();
      }
    },
  );
});

describe("a host's own users", () => {
  test.each([
    ["whose server refuses the connection", refusedConnection, 503, "upstream_unavailable"],
    [
      "whose library has wrapped such an error",
      async () => new Error("Query failed.", { cause: await refusedConnection() }),
      503,
      "upstream_unavailable",
    ],
    [
      "whose PostgreSQL connection ended",
      async () => new Error("Connection terminated unexpectedly"),
      503,
      "upstream_unavailable",
    ],
    ["with a defect", async () => new Error("Such a column is not there."), 500, "internal_error"],
  ] as const)(
    "A host's user directory %s fails with a problem, and the next request works",
    async (_, fault, status, code) => {
      let error: Error | null = null;
      const known = new Map<string, { id: string; email: string }>();
      const find = async (id: string) => {
        if (error !== null) throw error;
        return known.get(id) ?? null;
      };
      const users = {
        findById: find,
        findOrCreateByEmail: async (email: string) => {
          const user = (await find(email)) ?? { id: "somebody", email };
          known.set(email, user).set(user.id, user);
          return user;
        },
      };
      const lab = await startLab({ host: { options: { users } } });
      try {
        const { agent } = await lab.person();
        error = await fault();
        const refused = await agent.get(api("getSession")).expect(status);
        expect(refused.body.code).toBe(code);
        error = null;
        await agent.get(api("getSession")).expect(200);
      } finally {
        await lab.close();
      }
    },
  );
});

type Broken = "get" | "set" | "touch" | "destroy";

/** A host's session store, as any of npm's: callbacks, and an error when its server is away. */
class HostStore extends Store {
  readonly kept = new Map<string, string>();
  broken: Broken | null = null;
  error: Error = new Error("The server is away.");

  #faultOf(method: Broken): Error | null {
    return this.broken === method ? this.error : null;
  }

  override get(sid: string, done: (error: unknown, data?: SessionData | null) => void): void {
    const text = this.kept.get(sid);
    setImmediate(() => done(this.#faultOf("get"), text === undefined ? null : JSON.parse(text)));
  }

  override set(sid: string, data: SessionData, done?: (error?: unknown) => void): void {
    const fault = this.#faultOf("set");
    if (fault === null) this.kept.set(sid, JSON.stringify(data));
    setImmediate(() => done?.(fault));
  }

  override touch(_sid: string, _data: SessionData, done?: (error?: unknown) => void): void {
    setImmediate(() => done?.(this.#faultOf("touch")));
  }

  override destroy(sid: string, done?: (error?: unknown) => void): void {
    const fault = this.#faultOf("destroy");
    if (fault === null) this.kept.delete(sid);
    setImmediate(() => done?.(fault));
  }
}

describe("a host's session store behind our cookie sessions", () => {
  function host(store: Store): { app: Express; lines: () => readonly string[] } {
    const log = captureLog();
    const sessions = createCookieSessions({
      store,
      secret: "a secret of more than thirty-two characters",
      secure: false,
      now: () => new Date(),
    });
    const app = express().set("env", "production").use(sessions.middleware);
    app.post("/sign-in", async (req, res) => {
      await sessions.start(req, res, { userId: "somebody", method: "passkey" });
      res.status(204).end();
    });
    app.get("/who", async (req, res) => void res.json((await sessions.current(req))?.userId ?? null));
    app.use(createErrorHandler(createLogger(log.destination)));
    return { app, lines: log.lines };
  }

  const faults: [name: string, broken: Broken, run: (agent: request.Agent) => request.Test][] = [
    ["cannot read", "get", (agent) => agent.get("/who")],
    ["cannot write", "set", (agent) => agent.post("/sign-in")],
    ["cannot delete", "destroy", (agent) => agent.post("/sign-in")],
  ];

  test.each(faults)(
    "A host's session store that %s is a 503 that keeps the session, and the next request works",
    async (_, broken, run) => {
      const printed = vi.spyOn(console, "error");
      const store = new HostStore();
      const { app, lines } = host(store);
      const agent = request.agent(app);
      await agent.post("/sign-in").expect(204);
      store.broken = broken;
      const { body, headers } = await run(agent).expect(503);
      expect(body.code).toBe("upstream_unavailable");
      expect(headers).toHaveProperty("retry-after");
      expect(headers).not.toHaveProperty(
        "set-cookie",
        expect.arrayContaining([expect.stringContaining("=;")]),
      );
      expect(lines().join("")).toContain("The server is away.");
      store.broken = null;
      expect((await agent.get("/who").expect(200)).body).toBe("somebody");
      expect(printed).not.toHaveBeenCalled();
    },
  );

  test("A host's session store that fails during a sign-in signs nobody in, even if it recovers before the answer", async () => {
    const store = new HostStore();
    const { app } = host(store);
    const agent = request.agent(app);
    store.broken = "set";
    const write = store.set.bind(store);
    vi.spyOn(store, "set").mockImplementationOnce((sid, data, done) => {
      write(sid, data, done);
      store.broken = null;
    });
    await agent.post("/sign-in").expect(503);
    expect((await agent.get("/who").expect(200)).body).toBeNull();
    expect(store.kept.size).toBe(0);
  });

  test("A host's session store that cannot prolong a session fails no request and prints no stack", async () => {
    const printed = vi.spyOn(console, "error");
    const store = new HostStore();
    const { app, lines } = host(store);
    const agent = request.agent(app);
    await agent.post("/sign-in").expect(204);
    store.broken = "touch";
    expect((await agent.get("/who").expect(200)).body).toBe("somebody");
    await expect.poll(() => lines().join("")).toContain("The server is away.");
    expect(printed).not.toHaveBeenCalled();
  });

  test("A host's session store that reports a disconnect is a 503, and the next request works", async () => {
    const store = new HostStore();
    const { app } = host(store);
    const agent = request.agent(app);
    await agent.post("/sign-in").expect(204);
    store.emit("disconnect");
    expect((await agent.get("/who").expect(503)).body.code).toBe("upstream_unavailable");
    store.emit("connect");
    expect((await agent.get("/who").expect(200)).body).toBe("somebody");
  });

  test("A defect in a host's session store stays a 500", async () => {
    const store = new HostStore();
    const { app } = host(store);
    const agent = request.agent(app);
    await agent.post("/sign-in").expect(204);
    store.broken = "get";
    store.error = new TypeError("kept is not iterable");
    expect((await agent.get("/who").expect(500)).body.code).toBe("internal_error");
  });

  test("A failed write or delete of a bearer session changes nothing", async () => {
    const store = new HostStore();
    const sessions = createBearerSessions({ store });
    const app = express();
    app.post("/renew", async (req, res) => {
      await sessions.renew(req, res, { method: "passkey" });
      res.status(204).end();
    });
    app.post("/sign-in", async (req, res) => {
      await sessions.start(req, res, { userId: "somebody", method: "passkey" });
      res.status(204).end();
    });
    app.get("/who", async (req, res) => void res.json((await sessions.current(req))?.userId ?? null));
    app.use(createErrorHandler({ error: () => {} }));
    const begun = await request(app).post("/sign-in").expect(204);
    const bearer = `Bearer ${begun.headers["session-token"]}`;
    const needing = { set: ["/renew", "/sign-in"], destroy: ["/sign-in"] } as const;
    for (const broken of ["set", "destroy"] as const) {
      store.broken = broken;
      for (const path of needing[broken]) {
        const refused = await request(app).post(path).set("Authorization", bearer).expect(503);
        expect(refused.headers).not.toHaveProperty("session-token");
      }
      store.broken = null;
      // A renewed token may still sign out; it ends only when its successor has been returned.
      if (broken === "set")
        expect((await request(app).get("/who").set("Authorization", bearer)).body).toBe("somebody");
    }
  });
});

test("`destroy` and `set` without a callback cause no unhandled rejection on a closed storage", async () => {
  const storage = await openTestStorage(() => new Date());
  const { sessionStore } = storage;
  await new Promise((resolve) => sessionStore.get("nobody", resolve));
  await storage.close();
  const warned = nextWarning();
  sessionStore.destroy("nobody");
  sessionStore.set("nobody", { cookie: new session.Cookie() });
  expect((await warned).message).not.toBe("");
});

test("A store's callback that throws becomes a warning of the process", async () => {
  const storage = await openTestStorage(() => new Date());
  const warned = nextWarning();
  storage.sessionStore.get("nobody", () => {
    throw new Error("The caller's mistake.");
  });
  expect((await warned).message).toContain("The caller's mistake.");
  await storage.close();
});

test("An error after the headers ends the connection and is logged as one line", async () => {
  const printed = vi.spyOn(console, "error");
  const log = captureLog();
  const app = express().set("env", "production");
  app.get("/half", (_req, res, next) => {
    res.writeHead(200, { "Content-Length": "10" }).write("half");
    next(new Error("in the middle"));
  });
  app.use(createErrorHandler(createLogger(log.destination)));
  await expect(request(app).get("/half")).rejects.toThrow();
  expect(log.lines()).toHaveLength(1);
  expect(log.lines().join("")).toContain("in the middle");
  expect(printed).not.toHaveBeenCalled();
});

test("A write after the end of an answer is logged", async () => {
  const log = captureLog();
  const app = express().use(requestContext(createLogger(log.destination), "/api"));
  app.get("/", (_req, res) => {
    res.end("all");
    res.write("and more");
  });
  await request(app).get("/").expect(200, "all");
  await expect.poll(() => log.lines().join("")).toContain("response.failed");
});

describe("a client that hangs up", () => {
  test("A client that closes its connection at any moment fails only its own request", async () => {
    const lab = await startLab();
    try {
      const { port } = new URL(lab.url);
      const body = JSON.stringify({ email: lab.newAddress() });
      const head = `POST ${api("challengeOtp")} HTTP/1.1\r\nHost: x\r\nOrigin: ${lab.origin}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
      for (const part of [head.slice(0, 20), head, head + body.slice(0, 5), head + body]) {
        const socket = connect(Number(port), "localhost");
        await once(socket, "connect");
        socket.write(part, () => socket.resetAndDestroy());
        await once(socket, "close");
      }
      const half = connect(Number(port), "localhost");
      half.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      await once(half, "data");
      half.resetAndDestroy();
      await lab.agent().get("/healthz").expect(200);
      await lab.person();
    } finally {
      await lab.close();
    }
  });
});

describe("Authsignal's line", () => {
  test("A connection to Authsignal that breaks after the deadline fails nothing else", async () => {
    const lab = await startLab({ deadlineMs: 300 });
    try {
      const { agent } = await lab.person();
      lab.line.fail(only(/\/authenticators$/, () => {}));
      await agent.get(api("listPasskeys")).expect(503);
      await lab.line.cut();
      await lab.line.mend();
      await agent.get(api("listPasskeys")).expect(200);
    } finally {
      await lab.close();
    }
  });

  test("A connection of the proxy that breaks on either side in mid-answer fails nothing else", async () => {
    const storage = await openTestStorage(() => new Date());
    let asked = (): void => {};
    const upstream = await listen(
      (_req, res) => {
        res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" }).write('{"half":');
        asked();
        setImmediate(() => res.destroy());
      },
      { host: "127.0.0.1" },
    );
    const origin = "http://localhost:3000";
    const apiUrl = `http://127.0.0.1:${upstream.port}/v1`;
    const app = express();
    app.use(
      createClientApiProxy({
        apiUrl,
        tenantId: "tenant",
        origins: [origin],
        limiter: storage.limiter,
        allowEmulator: true,
      }),
    );
    app.use(createErrorHandler({ error: () => {} }));
    const server = await listen(app, { host: "127.0.0.1" });
    try {
      const ask = () =>
        request(`http://127.0.0.1:${server.port}`)
          .post("/client/challenge")
          .set("Origin", origin)
          .set("Authorization", "Basic dGVuYW50Og==")
          .send({});
      expect((await ask().expect(503)).body.code).toBe("upstream_unavailable");
      const reached = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const gone = ask();
      gone.end(() => {});
      await reached;
      gone.abort();
      await ask().expect(503);
    } finally {
      await server.close();
      await upstream.close();
      await storage.close();
    }
  });
});
