/** Our tables in a database, and keys in a Redis, that belong to a host: everything of the host's stays as it is. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { createClient } from "redis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStorage, type Storage } from "../../../server/storage/storage.ts";
import { StorageError } from "../../../server/storage/storage-error.ts";
import { createSqlUsers } from "../../../server/storage/stores/sql-users.ts";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";
import {
  allHostRows,
  countHostRows,
  createHostTables,
  type HostDatabase,
  migrateHost,
  namesIn,
  openHostDatabase,
} from "./host-database.ts";

const now = () => new Date();
const isPostgres = process.env.TEST_DATABASE_URL !== undefined;

let place: TestPlace;
let host: HostDatabase;
beforeEach(async () => {
  place = await createTestPlace();
  host = openHostDatabase(place.options);
});
afterEach(async () => {
  await host.destroy();
  await place.drop();
});

const names = () => namesIn(host, place.options);

/** Opens our storage, uses every kind of table and index, sweeps, and closes it. */
async function useStorage(more: { tablePrefix?: string } = {}): Promise<void> {
  const storage = await openStorage({ ...place.options, ...more, now });
  try {
    await useTables(storage);
    await sweepExpired(storage.traffic, now(), { auditRetentionDays: 1 });
    await storage.ping();
  } finally {
    await storage.close();
  }
}

async function useTables({ accounts, traffic, flows, limiter, sessionStore }: Storage): Promise<void> {
  const { id } = await createSqlUsers(accounts, now).findOrCreateByEmail("ann@example.com");
  const soon = new Date(Date.now() + 60_000);
  await flows.countOtpAttempt("challenge", soon);
  expect(await flows.countOtpAttempt("challenge", soon)).toBeGreaterThan(1);
  await flows.consumeToken("token", soon);
  await flows.keepPasskeyName(id, "p", "Phone");
  await flows.keepOfferAnswer(id, { declined: 1, never: false, answeredAt: now() });
  await flows.keepGrant({ sessionId: "s", userId: "u", action: "a", operation: "" }, soon);
  expect(await flows.takeGrant({ sessionId: "s", action: "a", operation: "" }, now())).toBe(true);
  const limit = limiter({ name: "rule", points: 1, seconds: 60 });
  await limit.reset("key");
  expect(await limit.spend("key")).toBe(0);
  expect(await limit.spend("key")).toBeGreaterThan(0);
  const event = { id: `${Math.random()}`, at: "2001", event: "x", user_id: id, request_id: "r", facts: "{}" };
  await traffic.insertInto("audit_events").values(event).execute();
  await new Promise((resolve) => sessionStore.destroy("none", resolve));
}

describe("a host with tables of the same names, and Kysely of its own", () => {
  test("keeps every row when it was there first", async () => {
    await migrateHost(host);
    await createHostTables(host);
    await useStorage();
    await useStorage();
    await migrateHost(host);
    expect(await countHostRows(host)).toEqual(allHostRows);
  });

  test("keeps every row when it comes second", async () => {
    await useStorage();
    await migrateHost(host);
    await createHostTables(host);
    await useStorage();
    await migrateHost(host);
    expect(await countHostRows(host)).toEqual(allHostRows);
  });

  test("finds nothing that is not named after us", async () => {
    await createHostTables(host);
    const before = await names();
    await useStorage();
    const made = (await names()).filter((name) => !before.includes(name));
    expect(made.length).toBeGreaterThan(20);
    const ours = isPostgres ? /^public\.passkeys_/ : /^(sqlite_autoindex_)?passkeys_/;
    expect(made.filter((name) => !ours.test(name))).toEqual([]);
  });
});

describe("two prefixes in one database", () => {
  test("have users of their own, and sweep only their own", async () => {
    const [one, two] = await Promise.all(
      ["shop_", "blog_"].map((tablePrefix) => openStorage({ ...place.options, tablePrefix, now })),
    );
    if (one === undefined || two === undefined) throw new Error("There are two.");
    try {
      const ann = await createSqlUsers(one.accounts, now).findOrCreateByEmail("ann@example.com");
      expect(await createSqlUsers(two.accounts, now).findById(ann.id)).toBeNull();
      await one.flows.consumeToken("token", new Date(0));
      await sweepExpired(two.traffic, now());
      expect(await one.flows.consumeToken("token", new Date(0))).toBe(false);
      await sweepExpired(one.traffic, now());
      expect(await one.flows.consumeToken("token", new Date(0))).toBe(true);
    } finally {
      await one.close();
      await two.close();
    }
  });

  test("of the greatest length fit into PostgreSQL's 63 bytes", async () => {
    const tablePrefix = "p".repeat(31);
    await useStorage({ tablePrefix });
    const made = (await names()).map((name) => name.replace(/^(public\.|sqlite_autoindex_)/, ""));
    const long = made.filter((name) => name.startsWith(tablePrefix) && name.length >= 63);
    expect(long).toEqual([]);
    await useStorage({ tablePrefix });
  });
});

describe("a name of ours that the host has already", () => {
  type Taken = readonly [kind: string, name: string, statement: string];
  const takenInPostgres: readonly Taken[] = [
    ["a type", "passkeys_offer_answers", "create type passkeys_offer_answers as enum ('yes')"],
    ["a key", "passkeys_passkey_names_key", "create index passkeys_passkey_names_key on own (id)"],
  ];
  const takenInSqlite: readonly Taken[] = [
    ["a table in capitals", "passkeys_users", "create table PASSKEYS_USERS (id text)"],
  ];

  test.each<Taken>([
    ["a table", "passkeys_grants", "create table passkeys_grants (expires_at bigint)"],
    ["the last table that is made", "passkeys_audit_events", "create table passkeys_audit_events (id text)"],
    ["an index", "passkeys_sessions_expires_at", "create index passkeys_sessions_expires_at on own (id)"],
    ["a view", "passkeys_users", "create view passkeys_users as select id from own"],
    [
      "a table like our record of migrations",
      "passkeys_migrations",
      "create table passkeys_migrations (x text)",
    ],
    [
      "the table of another migrator",
      "passkeys_migrations",
      "create table passkeys_migrations (name text, timestamp text)",
    ],
    [
      "the table of another migrator that has run",
      "passkeys_migrations",
      "create table passkeys_migrations as select '001-orders' as name, '' as timestamp",
    ],
    [
      "a view like our record",
      "passkeys_migrations",
      "create view passkeys_migrations as select id from own",
    ],
    ...(isPostgres ? takenInPostgres : takenInSqlite),
  ])("stops the start and changes nothing: %s", async (_, name, statement) => {
    await sql`create table own (id text)`.execute(host);
    await sql.raw(statement).execute(host);
    const before = await names();
    const refused = await openStorage({ ...place.options, now }).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(StorageError);
    expect(String(refused)).toContain(`has a table or index "${name}" that this package did not make.`);
    expect(String(refused)).toContain("pass openStorage another `tablePrefix`");
    expect(await names()).toEqual(before);
    await useStorage({ tablePrefix: "other_" });
  });

  test("no longer stops it once it is gone", async () => {
    await sql`create table passkeys_grants (id text)`.execute(host);
    await expect(openStorage({ ...place.options, now })).rejects.toThrow(StorageError);
    await sql`drop table passkeys_grants`.execute(host);
    await useStorage();
  });
});

describe("tables of a newer version", () => {
  /** What the next version's start leaves behind. */
  async function migrateFurther(name: string): Promise<void> {
    await useStorage();
    await sql`alter table passkeys_grants add column note text`.execute(host);
    await sql`create table passkeys_later (id text)`.execute(host);
    await host.insertInto("passkeys_migrations").values({ name, timestamp: now().toISOString() }).execute();
  }

  test.each(["999-later", "999-later@004-audit-events"])("are worked with after %s", async (name) => {
    await migrateFurther(name);
    await useStorage();
    const storage = await openStorage({ ...place.options, migrate: false, now });
    await useTables(storage);
    await storage.close();
  });

  test.each(["999-drop@998-between", "000-before"])(
    "stop the start in one sentence after %s",
    async (name) => {
      await migrateFurther(name);
      const before = await names();
      const refused = openStorage({ ...place.options, now });
      await expect(refused).rejects.toThrow(StorageError);
      await expect(refused).rejects.toThrow(`of a newer version, whose migration "${name}"`);
      expect(await names()).toEqual(before);
    },
  );
});

interface Start {
  readonly ready: Promise<unknown>;
  go(): void;
  kill(): void;
  readonly exit: Promise<{ readonly code: number | null; readonly complaint: string }>;
}

/** A process of its own on the same storage. */
function startProcess(mode: "start" | "half"): Start {
  const target = join(import.meta.dirname, "start-target.ts");
  const args = ["--import", "tsx", target, JSON.stringify(place.options), mode];
  const child = spawn(process.execPath, args, { stdio: "pipe" });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  return {
    ready: once(createInterface({ input: child.stdout }), "line"),
    go: () => void child.stdin.write("go\n"),
    kill: () => void child.kill("SIGKILL"),
    exit: once(child, "close").then(([code]) => ({ code, complaint })),
  };
}

describe("first starts", () => {
  test("of three processes at once all succeed", async () => {
    const starts = [1, 2, 3].map(() => startProcess("start"));
    await Promise.all(starts.map(({ ready }) => ready));
    for (const { go } of starts) go();
    const exits = await Promise.all(starts.map(({ exit }) => exit));
    expect(exits).toEqual(Array(3).fill({ code: 0, complaint: "" }));
    await useStorage();
  });

  test("of five connections in one process at once all succeed", async () => {
    const opened = await Promise.all([1, 2, 3, 4, 5].map(() => openStorage({ ...place.options, now })));
    for (const storage of opened) await useTables(storage);
    for (const storage of opened) await storage.close();
  });

  test("a process that is killed in the middle of the first migration leaves nothing in the way", async () => {
    const half = startProcess("half");
    await half.ready;
    half.kill();
    await half.exit;
    await useStorage();
  });
});

test.runIf(isPostgres)(
  "a start that finds its tables made writes nothing, and needs no right to",
  async () => {
    await useStorage();
    if (!("databaseUrl" in place.options)) throw new Error("This is about PostgreSQL.");
    const databaseUrl = `${place.options.databaseUrl}?options=-c%20default_transaction_read_only%3Don`;
    const storage = await openStorage({ databaseUrl, now });
    expect(await storage.flows.passkeyNames("ann")).toEqual(new Map());
    await storage.close();
  },
);

describe.runIf(isPostgres)("a schema of PostgreSQL", () => {
  const databaseUrl = () => ("databaseUrl" in place.options ? place.options.databaseUrl : "");

  test.each(["passkeys", "Own-Schema"])("named %s is made, and has all that is ours", async (schema) => {
    await createHostTables(host);
    const before = await names();
    for (let start = 0; start < 2; start += 1) {
      const storage = await openStorage({ databaseUrl: databaseUrl(), schema, now });
      await useTables(storage);
      await sweepExpired(storage.traffic, now());
      await storage.close();
    }
    const made = (await names()).filter((name) => !before.includes(name));
    expect(made.length).toBeGreaterThan(20);
    expect(made.filter((name) => name !== schema && !name.startsWith(`${schema}.passkeys_`))).toEqual([]);
    expect(await countHostRows(host)).toEqual(allHostRows);
  });

  test("is not made when the start is refused", async () => {
    await sql`create schema own`.execute(host);
    await sql`create table own.passkeys_users (id text)`.execute(host);
    const before = await names();
    await expect(openStorage({ databaseUrl: databaseUrl(), schema: "own", now })).rejects.toThrow(
      'The schema "own" of the database has a table or index "passkeys_users"',
    );
    expect(await names()).toEqual(before);
  });

  test("of the search path is the default, and tables of ours elsewhere are not mistaken for its own", async () => {
    await useStorage();
    await sql`create schema second`.execute(host);
    const before = await names();
    const storage = await openStorage({
      databaseUrl: `${databaseUrl()}?options=-c%20search_path%3Dsecond`,
      now,
    });
    await useTables(storage);
    await storage.close();
    const made = (await names()).filter((name) => !before.includes(name));
    expect(made.length).toBeGreaterThan(20);
    expect(made.filter((name) => !name.startsWith("second.passkeys_"))).toEqual([]);
  });

  test("is asked for when the search path leads nowhere", async () => {
    const nowhere = `${databaseUrl()}?options=-c%20search_path%3Dnowhere`;
    await expect(openStorage({ databaseUrl: nowhere, now })).rejects.toThrow(StorageError);
    await expect(openStorage({ databaseUrl: nowhere, now })).rejects.toThrow("pass openStorage `schema`");
  });
});

const serverUrl = process.env.TEST_REDIS_URL;
describe.runIf(serverUrl !== undefined)("a Redis that is shared", () => {
  /** A user of Redis that may touch no key but those of the prefix. */
  async function withUserOf(prefix: string, check: (redisUrl: string) => Promise<void>): Promise<void> {
    const admin = createClient({ url: serverUrl ?? "" });
    await admin.connect();
    const name = `user-${randomUUID()}`;
    try {
      await admin.aclSetUser(name, ["on", ">secret", `~${prefix}*`, "&*", "+@all"]);
      const url = new URL(serverUrl ?? "");
      url.username = name;
      url.password = "secret";
      await check(url.href);
    } finally {
      await admin.aclDelUser(name);
      await admin.close();
    }
  }

  test.each([
    ["passkeys:", {}],
    ["own:", { redisPrefix: "own:" }],
  ])("has no key of ours that does not begin with %s", (prefix, more) =>
    withUserOf(prefix, async (redisUrl) => {
      const { options } = place;
      const database = "file" in options ? { file: options.file } : { databaseUrl: options.databaseUrl };
      const storage = await openStorage({ ...database, ...more, redisUrl, now });
      const { sessionStore, limiter } = storage;
      const sid = randomUUID();
      const kept = { cookie: { originalMaxAge: 1000 } };
      try {
        const run = (call: (done: (error?: unknown) => void) => void) =>
          new Promise<void>((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
        await run((done) => sessionStore.set(sid, kept, done));
        await run((done) => sessionStore.get(sid, done));
        await run((done) => sessionStore.destroy(sid, done));
        const limit = limiter({ name: "rule", points: 1, seconds: 1 });
        expect(await limit.spend(sid)).toBe(0);
        expect(await limit.blockedFor(sid)).toBeGreaterThan(0);
        await limit.reset(sid);
        await storage.ping();
      } finally {
        await storage.close();
      }
    }),
  );
});

describe.runIf(!isPostgres)("a SQLite file", () => {
  const file = () => ("file" in place.options ? place.options.file : "");
  const journal = async () => (await sql`pragma journal_mode`.execute(host)).rows[0];

  test("of a host keeps its journal mode, its version and its permissions, and the folder keeps its own", async () => {
    await createHostTables(host);
    await sql`pragma user_version = 7`.execute(host);
    await chmod(file(), 0o664);
    await chmod(dirname(file()), 0o755);
    await useStorage();
    expect(await journal()).toMatchObject({ journal_mode: "delete" });
    expect((await sql`pragma user_version`.execute(host)).rows[0]).toMatchObject({ user_version: 7 });
    expect((await stat(file())).mode & 0o777).toBe(0o664);
    expect((await stat(dirname(file()))).mode & 0o777).toBe(0o755);
  });

  test("of a host that logs ahead goes on doing so", async () => {
    await sql`pragma journal_mode = wal`.execute(host);
    await createHostTables(host);
    await useStorage();
    expect(await journal()).toMatchObject({ journal_mode: "wal" });
    expect(await countHostRows(host)).toEqual(allHostRows);
  });

  test("that is new logs ahead", async () => {
    await useStorage();
    expect(await journal()).toMatchObject({ journal_mode: "wal" });
  });

  test("that is something else is refused, and stays what it is", async () => {
    const other = join(dirname(file()), "notes.txt");
    await writeFile(other, "not a database, and long enough to have a header of its own\n".repeat(20));
    const before = await stat(other);
    await expect(openStorage({ file: other, now })).rejects.toThrow();
    const after = await stat(other);
    expect([after.size, after.mtimeMs, after.mode]).toEqual([before.size, before.mtimeMs, before.mode]);
  });

  test("is made in folders that are made for their owner alone", async () => {
    const folder = join(dirname(file()), "of-the-host");
    await mkdir(folder, { mode: 0o755 });
    const storage = await openStorage({ file: join(folder, "a", "b", "app.sqlite"), now });
    await storage.close();
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
    for (const made of [join(folder, "a"), join(folder, "a", "b")])
      expect((await stat(made)).mode & 0o777).toBe(0o700);
  });
});
