/** A host with nothing around the router but what its README says: its problems keep the contract. */
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createErrorHandler, createPasskeysRouter, type Storage, sweepExpired } from "../../server/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
let app: express.Express;
let storage: Storage;
const lines: object[] = [];
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret,
    secure: false,
    now: kit.now,
  });
  app = express();
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(commonOptions(kit, storage, sessions)));
  app.get("/broken", () => {
    throw new Error("The host's own fault.");
  });
  app.use(createErrorHandler({ error: (line) => void lines.push(line) }));
});
afterAll(() => kit?.close());

test("a problem has a request id, another one each time", async () => {
  const agent = kit.agent(app);
  const first = await agent.get("/auth/passkeys").expect(401);
  const second = await agent.get("/auth/passkeys").expect(401);
  expect(first.body).toMatchObject({
    code: "not_authenticated",
    requestId: expect.stringMatching(/^[\w-]{36}$/),
  });
  expect(second.body.requestId).not.toBe(first.body.requestId);
});

test.each([
  ["its own, also a number", 7, "7"],
  [
    "its own, as tracing systems write them",
    "00-4bf92f3577b34da6a3ce929d0e0e4736:01.x",
    "00-4bf92f3577b34da6a3ce929d0e0e4736:01.x",
  ],
  ["one that a client wrote", "<b>\n{}", expect.stringMatching(/^[\w-]{36}$/)],
  ["one that a client wrote at length", "x".repeat(12_000), expect.stringMatching(/^[\w-]{36}$/)],
])("a host's request id is quoted if it is %s", async (_, id, quoted) => {
  const host = express();
  host.use((req, _res, next) => {
    Object.assign(req, { id });
    next();
  }, app);
  const { body } = await kit.agent(host).get("/broken").expect(500);
  expect(body.requestId).toEqual(quoted);
});

test("a failure is found in the log by the request id that the person quotes", async () => {
  const { body } = await kit.agent(app).get("/broken").expect(500);
  expect(lines.at(-1)).toMatchObject({ event: "request.failed", requestId: body.requestId });
  expect(body.requestId).toMatch(/^[\w-]{36}$/);
});

test.each([
  ["malformed", "{", 400, "malformed_json"],
  ["too large", '{"amount":1000000000}', 413, "payload_too_large"],
])(
  "a body that is %s for the host's own parser is a problem of the sender, and no failure in the log",
  async (_, text, status, code) => {
    const host = express();
    const own: object[] = [];
    host.post("/transfers", express.json({ limit: 10 }), (_req, res) => void res.sendStatus(201));
    host.use(createErrorHandler({ error: (line) => void own.push(line) }));
    const sent = kit.agent(host).post("/transfers").set("Content-Type", "application/json").send(text);
    expect((await sent.expect(status)).body.code).toBe(code);
    expect(own).toEqual([]);
  },
);

test("what has expired is gone once the host has swept, so that the storage does not grow for ever", async () => {
  const rows = async () => {
    const tables = ["consumed_tokens", "otp_attempts", "sessions", "rate_limits"] as const;
    const kept = tables.map((table) => storage.traffic.selectFrom(table).selectAll().execute());
    return (await Promise.all(kept)).flat().length;
  };
  await kit.signInWithOtp(kit.agent(app));
  expect(await rows()).toBeGreaterThan(0);
  // That this network has completed a code is kept longest.
  await sweepExpired(storage.traffic, new Date(Date.now() + 60 * 24 * 60 * 60 * 1000));
  expect(await rows()).toBe(0);
});
