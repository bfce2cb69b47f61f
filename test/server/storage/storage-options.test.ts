/** What `openStorage` refuses before it opens anything: options that cannot work, and options without an effect. */
import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { openStorage } from "../../../server/storage/storage.ts";
import { readStorageOptions, type StorageOptions } from "../../../server/storage/storage-options.ts";
import { createTestPlace } from "../../kit/test-storage.ts";

const now = () => new Date();
const databaseUrl = "postgres://localhost/app";
const idlePool = new pg.Pool();
const endedPool = new pg.Pool();
await endedPool.end();

test.each<[string, object, string]>([
  [
    "no database",
    {},
    "pass `file`, the path of a SQLite file, `databaseUrl`, a postgres:// address, or `pool`",
  ],
  [
    "a misspelt option",
    { file: "a", tablPrefix: "a_" },
    "`tablPrefix` is no option. Did you mean `tablePrefix`? The options are file,",
  ],
  ["file and address", { file: "a", databaseUrl }, "`file`, `databaseUrl` and `pool` are three ways"],
  ["address and pool", { databaseUrl, pool: idlePool }, "`file`, `databaseUrl` and `pool` are three ways"],
  ["a client for a pool", { pool: new pg.Client() }, "`pool` must be a Pool of pg"],
  [
    "the pool of mysql2",
    { pool: { getConnection() {}, query() {}, end() {} } },
    "`pool` must be a Pool of pg",
  ],
  ["a function for a pool, as postgres.js has it", { pool: () => {} }, "`pool` must be a Pool of pg"],
  ["a pool that has been ended", { pool: endedPool }, "`pool` has been ended"],
  ["an empty file", { file: "" }, "`file` must be the path of a SQLite file"],
  ["an empty address", { databaseUrl: "" }, "`databaseUrl` must be an address"],
  ["a file that is a URL", { file: new URL("file:///a") }, "`file` must be the path of a SQLite file"],
  ["a schema in SQLite", { file: "a", schema: "own" }, "`schema` has no effect on a SQLite file"],
  ["a schema with a quote", { databaseUrl, schema: 'a".b' }, "`schema` must be letters"],
  ["a Redis prefix without Redis", { file: "a", redisPrefix: "a:" }, "`redisPrefix` has no effect without"],
  [
    "a Redis of another scheme",
    { file: "a", redisUrl: "http://cache" },
    "`redisUrl` must be an address such as",
  ],
  [
    "a Sentinel without the name of its group",
    { file: "a", redisUrl: "redis-sentinel://a,b:26380/0" },
    "`redisUrl` needs ?master=…",
  ],
  [
    "a misspelt name in Sentinel's query",
    { file: "a", redisUrl: "redis-sentinel://a/0?mastr=m" },
    '`redisUrl` has "mastr" in its query',
  ],
  [
    "a database of a Cluster",
    { file: "a", redisUrl: "redis-cluster://a,b/1" },
    "`redisUrl` names a database",
  ],
  [
    "a port that is none",
    { file: "a", redisUrl: "redis-cluster://a,b:99999" },
    "`redisUrl` must be an address",
  ],
  ["a table that cannot be left out", { file: "a", tables: { grants: false } }, "`tables` has only users,"],
  ["a table that is text", { file: "a", tables: { users: "no" } }, "`tables.users` must be true or false"],
  [
    "a time-out of nothing",
    { file: "a", queryTimeoutMs: 0 },
    "`queryTimeoutMs` must be a whole number above 0",
  ],
  [
    "the size of a pool of the host's",
    { pool: idlePool, maxConnections: 5 },
    "`maxConnections` has no effect",
  ],
  ["an empty prefix", { file: "a", tablePrefix: "" }, "`tablePrefix` must be 1 to 31"],
  ["a prefix that is a number", { file: "a", tablePrefix: 5 }, "`tablePrefix` must be 1 to 31"],
  ["a prefix in capitals", { file: "a", tablePrefix: "App_" }, "`tablePrefix` must be 1 to 31"],
  ["a prefix with a digit first", { file: "a", tablePrefix: "1_" }, "`tablePrefix` must be 1 to 31"],
  ["a prefix with a dot", { file: "a", tablePrefix: "own." }, "`tablePrefix` must be 1 to 31"],
  ["a prefix of 32 letters", { file: "a", tablePrefix: "a".repeat(32) }, "`tablePrefix` must be 1 to 31"],
  ["SQLite's own prefix", { file: "a", tablePrefix: "sqlite_x" }, "`tablePrefix` must be 1 to 31"],
])("%s is refused with what to write", async (_, options, message) => {
  // Past the compiler, as a host in plain JavaScript calls it.
  const given: StorageOptions = Object.assign({ file: "unused", now }, { file: undefined }, options);
  const refused = openStorage(given);
  await expect(refused).rejects.toThrow(TypeError);
  await expect(refused).rejects.toThrow(`openStorage: ${message}`);
});

test("null stands for an option that is left out, as a configuration has it", () => {
  const file = { file: "a", databaseUrl: null, schema: null, redisUrl: null, now };
  expect(readStorageOptions(file)).toMatchObject({ database: { file: "a" }, tablePrefix: "passkeys_" });
  const postgres = { file: null, databaseUrl, schema: null, redisUrl: "redis://localhost", now };
  expect(readStorageOptions(postgres)).toMatchObject({
    database: { url: databaseUrl },
    redisPrefix: "passkeys:",
  });
  const guest = { file: null, databaseUrl: null, pool: idlePool, redisUrl: null, now };
  expect(readStorageOptions(guest)).toMatchObject({ database: { pool: idlePool }, schema: null });
});

test("a refused prefix leaves no file behind", async () => {
  const { options, drop } = await createTestPlace();
  try {
    await expect(openStorage({ ...options, tablePrefix: "App", now })).rejects.toThrow(TypeError);
    if ("file" in options) expect(await readdir(dirname(options.file))).toEqual([]);
  } finally {
    await drop();
  }
});
