/**
 * What a request gets whose storage goes away under it: a 503 that changed nothing; and the next request works. An event
 * without a listener or a rejection without a handler would fail the whole run.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { type Lab, type Person, startLab } from "../lab.ts";
import { type DatabaseHand, openStorageLines, type StorageLines } from "./storage-lines.ts";

const hasPostgres = process.env.TEST_DATABASE_URL !== undefined;
const hasRedis = process.env.TEST_REDIS_URL !== undefined;

interface Scene {
  readonly run: () => PromiseLike<{ status: number; body: unknown; headers: unknown }>;
  /** Asks once more, or whether everything is as before. */
  readonly after: () => Promise<unknown>;
}

type Arrange = (lab: Lab) => Promise<Scene>;

async function enteringACode(lab: Lab): Promise<Scene> {
  const agent = lab.agent();
  const email = lab.newAddress();
  await agent.post(api("challengeOtp")).send({ email }).expect(202);
  const code = await lab.readCode(email);
  return { run: () => agent.post(api("verifyOtp")).send({ code }), after: () => isVisitor(agent) };
}

async function signingInWithAPasskey(lab: Lab): Promise<Scene> {
  const { authenticator } = await lab.person("passkey");
  const token = await lab.signInToken(authenticator);
  const agent = lab.agent();
  return {
    run: () => agent.post(api("validate")).send({ token, action: actions.signInWithPasskey }),
    after: () => isVisitor(agent),
  };
}

const askingWho: Arrange = async (lab) => {
  const { agent, user } = await lab.person();
  const run = () => agent.get(api("getSession"));
  return { run, after: async () => expect((await run().expect(200)).body.user).toEqual(user) };
};

const provingAgain: Arrange = async (lab) => {
  const person = await lab.person("passkey");
  const token = await lab.stepUpToken(person);
  return {
    run: () => person.agent.post(api("validate")).send({ token, action: actions.managePasskeys }),
    after: async () => {
      const { body } = await person.agent.get(api("getSession")).expect(200);
      expect(body.user).toEqual(person.user);
    },
  };
};

function again(send: (person: Person) => ReturnType<Person["agent"]["get"]>, status: number): Arrange {
  return async (lab) => {
    const person = await lab.person("passkey");
    return { run: () => send(person), after: () => send(person).expect(status) };
  };
}

/** By the table that the request waits for, and whether only those who write to it wait. */
const scenes: [name: string, table: string, mode: "share" | "access exclusive", arrange: Arrange][] = [
  ["asking who is signed in", "users", "access exclusive", askingWho],
  ["counting a try of a code", "otp_attempts", "share", enteringACode],
  ["looking for the account of a code", "users", "share", enteringACode],
  ["accepting the token of a passkey", "consumed_tokens", "share", signingInWithAPasskey],
  ["looking for the account of a passkey", "users", "access exclusive", signingInWithAPasskey],
  [
    "beginning an enrollment",
    "begun_actions",
    "share",
    again(({ agent }) => agent.post(api("createEnrollToken")).send({}), 200),
  ],
  [
    "beginning a step-up",
    "begun_actions",
    "share",
    again(({ agent }) => agent.post(api("createStepUpToken")).send({ action: actions.managePasskeys }), 200),
  ],
  [
    "listing passkeys",
    "passkey_names",
    "access exclusive",
    again(({ agent }) => agent.get(api("listPasskeys")), 200),
  ],
  [
    "answering an offer",
    "offer_answers",
    "share",
    again(({ agent }) => agent.put(api("answerPasskeyOffer")).send({ answer: "never" }), 204),
  ],
];

const sessionScenes: typeof scenes = [
  ["loading a session", "sessions", "access exclusive", askingWho],
  ["keeping the session of a code", "sessions", "share", enteringACode],
  ["keeping the session of a passkey", "sessions", "share", signingInWithAPasskey],
  ["keeping a session that was proved again", "sessions", "share", provingAgain],
  [
    "counting a send",
    "rate_limits",
    "share",
    async (lab) => {
      const agent = lab.agent();
      const run = () => agent.post(api("challengeOtp")).send({ email: lab.newAddress() });
      return { run, after: () => run().expect(202) };
    },
  ],
];

async function isVisitor(agent: Person["agent"]): Promise<void> {
  const { body } = await agent.get(api("getSession")).expect(200);
  expect(body.user).toBeNull();
}

/** The storage has said that it was out and is back. */
async function isBack(lab: Lab, lines: StorageLines, noticed: number): Promise<void> {
  const say = async () => {
    await lab.storage.ping().catch(() => {});
    return lines.notices.slice(noticed).map(({ event }) => event);
  };
  await expect.poll(say, { interval: 200 }).toEqual(["storage.unavailable", "storage.available"]);
}

const unavailable = {
  status: 503,
  body: { code: "upstream_unavailable", retryAfter: expect.any(Number), requestId: expect.any(String) },
  headers: { "retry-after": expect.any(String) },
};

const cuts: [name: string, cut: (lines: StorageLines, hand: DatabaseHand) => Promise<void>][] = [
  ["PostgreSQL ends the backend", (_, hand) => hand.terminateBackends()],
  ["the connection to PostgreSQL is reset", async (lines) => lines.postgres()?.reset()],
];

describe.each(hasPostgres ? cuts : [])("while %s", (_, cut) => {
  let lab: Lab;
  let hand: DatabaseHand;
  const lines = openStorageLines();
  beforeAll(async () => {
    lab = await startLab({ storage: lines.options });
    hand = await lines.database();
  });
  afterAll(async () => {
    expect(lab.leaks()).toEqual([]);
    expect(lab.logs().join("")).not.toMatch(/internal_error|"storage":.*Authsignal/);
    await hand.close();
    await lab.close();
    await lines.close();
  });

  test.each(hasRedis ? scenes : [...scenes, ...sessionScenes])(
    "%s: 503, nothing changed, and the next request works",
    async (_name, table, mode, arrange) => {
      const { run, after } = await arrange(lab);
      const noticed = lines.notices.length;
      await hand.whileLocked(table, mode, async () => {
        const answer = Promise.resolve(run());
        await hand.isWaitedFor();
        await cut(lines, hand);
        expect(await answer).toMatchObject(unavailable);
      });
      await after();
      await isBack(lab, lines, noticed);
    },
  );

  test("an answer that was earned is given, and what is written beside it is lost and logged", async () => {
    const { agent } = await lab.person();
    await hand.whileLocked("audit_events", "share", async () => {
      await agent.delete(api("deleteSession")).expect(204);
      await hand.isWaitedFor();
      await cut(lines, hand);
      await expect.poll(() => lab.logs().join("")).toContain('"audit.failed"');
    });
    await agent.get("/readyz").expect(200);
  });
});

describe.each(hasRedis ? ["Redis"] : [])("while the connection to %s is reset", () => {
  let lab: Lab;
  const lines = openStorageLines();
  beforeAll(async () => {
    lab = await startLab({ storage: lines.options });
  });
  afterAll(async () => {
    expect(lab.leaks()).toEqual([]);
    expect(lab.logs().join("")).not.toContain("internal_error");
    await lab.close();
    await lines.close();
  });

  test.each([
    ["loading a session", "GET", askingWho],
    ["keeping the session of a code", "SET", enteringACode],
    ["keeping the session of a passkey", "SET", signingInWithAPasskey],
    ["keeping a session that was proved again", "SET", provingAgain],
  ] as const)("%s: 503, nothing changed, and the next request works", async (_name, command, arrange) => {
    const { run, after } = await arrange(lab);
    const noticed = lines.notices.length;
    const line = lines.redis();
    const isSent = line?.sees(`\r\n${command}\r\n`).then(() => line.reset());
    const answer = await run();
    await isSent;
    expect(answer).toMatchObject(unavailable);
    await isBack(lab, lines, noticed);
    await after();
  });

  test("a session that cannot be prolonged costs nobody the answer, and prints no stack", async () => {
    const { agent } = await lab.person();
    const noticed = lines.notices.length;
    const line = lines.redis();
    const isSent = line?.sees("\r\nEXPIRE\r\n").then(() => line.reset());
    await agent.get(api("getSession")).expect(200);
    await isSent;
    await isBack(lab, lines, noticed);
  });

  test("requests while it cannot be reached are 503 at once, and work when it is back", async () => {
    const { agent } = await lab.person();
    const line = lines.redis();
    await line?.cut();
    for (let round = 0; round < 3; round += 1)
      expect(await agent.get(api("getSession"))).toMatchObject(unavailable);
    await agent.get("/healthz").expect(200);
    await line?.mend();
    await expect.poll(async () => (await agent.get(api("getSession"))).status, { interval: 200 }).toBe(200);
  });
});

test("another process's write in the SQLite file: 503 after the patience of SQLite, and the next request works", async () => {
  const { default: SqliteDatabase } = await import("libsql");
  const { migrations } = await import("../../../server/storage/tables/migrations.ts");
  const { openSqlite } = await import("../../../server/storage/drivers/sqlite.ts");
  const { mkdtemp, rm } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = await mkdtemp(join(tmpdir(), "locked-"));
  const events: string[] = [];
  const backEnd = await openSqlite({
    file: join(folder, "app.sqlite"),
    tablePrefix: "passkeys_",
    migrations,
    notify: ({ event }) => void events.push(event),
  });
  const other = new SqliteDatabase(join(folder, "app.sqlite"));
  try {
    const limiter = backEnd.limiter({ name: "test", points: 1, seconds: 60 });
    other.exec("BEGIN IMMEDIATE");
    await expect(limiter.spend("key")).rejects.toMatchObject({ code: "upstream_unavailable", status: 503 });
    other.exec("ROLLBACK");
    expect(await limiter.spend("key")).toBe(0);
    expect(events).toEqual(["storage.unavailable", "storage.available"]);
  } finally {
    other.close();
    await backEnd.close();
    await rm(folder, { recursive: true });
  }
});
