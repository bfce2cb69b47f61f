/** A storage that opens with the first call: for apps that are made without `await`. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import request from "supertest";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import type { StorageNotice } from "../../../server/http/outages.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { type LazyStorage, openStorageLazily } from "../../../server/storage/lazy-storage.ts";
import { StorageError } from "../../../server/storage/storage-error.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { listen } from "../../kit/listen.ts";
import { sessionPromises } from "../../kit/session-conformance.ts";
import { storagePromises } from "../../kit/storage-conformance.ts";
import { createTestPlace } from "../../kit/test-storage.ts";

const now = () => new Date();
const secret = "only the tests of this file know it";

const place = await createTestPlace();
const storage = openStorageLazily({ ...place.options, now, onNotice: () => {} });
afterAll(async () => {
  await storage.close();
  await place.drop();
});

describe("a storage that opens later keeps the promise that", () => {
  test.each(storagePromises(storage).map(({ name, run }) => ({ title: `opened later: ${name}`, run })))(
    "$title",
    ({ run }) => run(),
  );
});

describe("sessions in a storage that opens later keep the promise that", () => {
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: false, now });
  const subject = { sessions, middleware: [sessions.middleware] };
  test.each(
    sessionPromises(subject).map(({ name, run }) => ({ title: `sessions opened later: ${name}`, run })),
  )("$title", ({ run }) => run());
});

test.each(["flows", "knownBrowsers", "sessionIndex", "events"] as const)(
  "A storage that opens later has every method that `%s` of an open one has",
  async (part) => {
    const methodsOf = (one: object | null) => Object.keys(one ?? {}).sort();
    const opened = await storage.opened();
    expect(methodsOf(opened[part]).length).toBeGreaterThan(0);
    expect(methodsOf(storage[part])).toEqual(methodsOf(opened[part]));
  },
);

test("A storage without a clock of its own takes the system's", async () => {
  const other = await createTestPlace();
  const timed = openStorageLazily({ ...other.options, onNotice: () => {} });
  const session = Object.assign({ cookie: { originalMaxAge: 60_000 } });
  const kept = await new Promise((resolve) =>
    timed.sessionStore.set("sid", session, () => timed.sessionStore.get("sid", (_, found) => resolve(found))),
  );
  await timed.close();
  await other.drop();
  expect(kept).toMatchObject({ cookie: { originalMaxAge: 60_000 } });
});

test("Users and the sweep work on a storage that opens later", async () => {
  const users = createSqlUsers(async () => (await storage.opened()).accounts, now);
  const user = await users.findOrCreateByEmail("ann@example.com");
  expect(await users.findById(user.id)).toEqual(user);
  await sweepExpired((await storage.opened()).traffic, now());
  await storage.ping();
});

describe("opening later", () => {
  let folder: string;
  let notices: StorageNotice[];
  let opened: LazyStorage[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lazy-"));
    notices = [];
    opened = [];
  });
  afterEach(async () => {
    for (const one of opened) await one.close();
    await rm(folder, { recursive: true });
  });

  function open(database: { file: string } | { databaseUrl: string; queryTimeoutMs: number }): LazyStorage {
    const lazy = openStorageLazily({ ...database, now, onNotice: (notice) => void notices.push(notice) });
    opened.push(lazy);
    return lazy;
  }

  /** An app as one module makes it, and what its log says. */
  function appOver(lazy: LazyStorage) {
    const lines: object[] = [];
    const sessions = createCookieSessions({ store: lazy.sessionStore, secret, secure: false, now });
    const app = express();
    app.use(sessions.middleware);
    app.post("/session", async (req, res) => {
      await sessions.start(req, res, { userId: "u1", method: "passkey" });
      res.status(204).end();
    });
    app.get("/session", async (req, res) => void res.json(await sessions.current(req)));
    app.use(createErrorHandler({ error: (line) => void lines.push(line) }));
    return { app, lines };
  }

  test("A lazy storage opens with the first call and not before, and closes unopened", async () => {
    const file = join(folder, "app.sqlite");
    const lazy = open({ file });
    const limiter = lazy.limiter({ name: "x", points: 1, seconds: 60 });
    expect(existsSync(file)).toBe(false);
    expect(await limiter.spend("key")).toBe(0);
    expect(existsSync(file)).toBe(true);
    const other = open({ file: join(folder, "other.sqlite") });
    await other.close();
    expect(existsSync(join(folder, "other.sqlite"))).toBe(false);
    await expect(other.ping()).rejects.toThrow("The storage is closed.");
  });

  test("Requests that come before a lazy storage is open wait and are answered", async () => {
    const { app } = appOver(open({ file: join(folder, "app.sqlite") }));
    const agents = Array.from({ length: 10 }, () => request.agent(app));
    await Promise.all(agents.map((agent) => agent.post("/session").expect(204)));
    for (const agent of agents)
      expect((await agent.get("/session").expect(200)).body).toMatchObject({ userId: "u1" });
    expect(notices).toEqual([]);
  });

  test("A lazy storage that cannot be opened is a 503 with its sentence in the log, and is tried again", async () => {
    const parent = join(folder, "data");
    await writeFile(parent, "this is a file");
    const { app, lines } = appOver(open({ file: join(parent, "app.sqlite") }));
    for (let time = 0; time < 3; time += 1) {
      const refused = await request(app).post("/session").expect(503);
      expect(refused.body.code).toBe("upstream_unavailable");
    }
    expect(JSON.stringify(lines)).toContain("The storage cannot be used: ");
    expect(notices).toMatchObject([{ event: "storage.unavailable", storage: "The storage" }]);
    await rm(parent);
    await mkdir(parent);
    await expect.poll(async () => (await request(app).post("/session")).status).toBe(204);
    expect(notices.map(({ event }) => event)).toEqual(["storage.unavailable", "storage.available"]);
  });

  test("A lazy storage whose tables were not made says so, with the command that makes them", async () => {
    const file = join(folder, "app.sqlite");
    const lazy = openStorageLazily({ file, migrate: false, now, onNotice: (one) => void notices.push(one) });
    await expect(lazy.opened()).rejects.toMatchObject({ code: "upstream_unavailable" });
    const [notice] = notices;
    const cause = notice?.event === "storage.unavailable" ? notice.cause : null;
    expect(cause).toBeInstanceOf(StorageError);
    expect(String(cause)).toContain("authsignal-passkeys migrate");
    await lazy.close();
  });

  test("A lazy storage that is still being opened is a 503 when the time of a query is over", async () => {
    const sockets: Socket[] = [];
    const silent = await listen(createServer((socket) => void sockets.push(socket)));
    try {
      const databaseUrl = `postgres://nobody@localhost:${silent.port}/app`;
      const { app, lines } = appOver(open({ databaseUrl, queryTimeoutMs: 50 }));
      await request(app).post("/session").expect(503);
      expect(JSON.stringify(lines)).toContain("The storage cannot be used: It is still being opened.");
    } finally {
      for (const socket of sockets) socket.destroy();
      await silent.close();
    }
  });

  test("A lazy storage refuses options that cannot be used at once", () => {
    const both = { file: "a", databaseUrl: "postgres://localhost/a", now };
    expect(() => Reflect.apply(openStorageLazily, undefined, [both])).toThrow(/pass one of them/);
  });
});
