/**
 * The storage of a test stack: a SQLite file, or what TEST_DATABASE_URL and TEST_REDIS_URL name, so that the
 * same suites run over every back end. Each stack has a PostgreSQL database and a Redis prefix of its own.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadOptional } from "../../server/http/optional-package.ts";
import { loadRouter, type Storage, type StorageOptions } from "./router.ts";

export interface TestStorage extends Storage {
  /** Connects once more to the same storage, as another instance of the app does, which may have a clock of its own. Close it before this one. */
  connectAgain(clock?: () => Date): Promise<Storage>;
}

export interface TestStorageOptions {
  /** The way to a server, such as a line that can be cut. Default: straight to it. */
  readonly through?: (url: URL) => URL | Promise<URL>;
  /** Default: notices are dropped. */
  readonly onNotice?: StorageOptions["onNotice"];
}

export async function openTestStorage(
  now: () => Date,
  { through = (url) => url, onNotice = () => {} }: TestStorageOptions = {},
): Promise<TestStorage> {
  const { openStorage } = await loadRouter("openStorage");
  const place = await createTestPlace();
  const by = async (url: string) => (await through(new URL(url))).href;
  const connect = async (clock = now) => {
    const { options } = place;
    const database =
      "file" in options ? { file: options.file } : { databaseUrl: await by(options.databaseUrl) };
    const redis =
      options.redisUrl === null
        ? { redisUrl: null }
        : { redisUrl: await by(options.redisUrl), redisPrefix: options.redisPrefix };
    return openStorage({ ...database, ...redis, tables: { notices: true }, onNotice, now: clock });
  };
  const storage = await connect();
  const closeAndDrop = async (): Promise<void> => {
    await storage.close();
    await place.drop();
  };
  let closed: Promise<void> | null = null;
  return {
    ...storage,
    connectAgain: connect,
    // The app under test may close it before the suite does.
    close() {
      closed ??= closeAndDrop();
      return closed;
    },
  };
}

type TestDatabase = { readonly file: string } | { readonly databaseUrl: string };
type TestRedis = { readonly redisUrl: string; readonly redisPrefix: string } | { readonly redisUrl: null };

export interface TestPlace {
  readonly options: TestDatabase & TestRedis;
  readonly drop: () => Promise<void>;
}

/** An empty database, as the environment has it, and a part of Redis. */
export async function createTestPlace(): Promise<TestPlace> {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
  const own = ownName();
  const place =
    databaseUrl === undefined ? await createFile(own) : await createTestDatabase(databaseUrl, own);
  const redis = redisUrl === undefined ? { redisUrl: null } : { redisUrl, redisPrefix: `${own}:` };
  return { options: { ...place.database, ...redis }, drop: place.drop };
}

function ownName(): string {
  return `test_${randomUUID().replaceAll("-", "")}`;
}

async function createFile(name: string) {
  const folder = await mkdtemp(join(tmpdir(), name));
  return { database: { file: join(folder, "app.sqlite") }, drop: () => rm(folder, { recursive: true }) };
}

/** An empty database of PostgreSQL, beside the one that the URL names. */
export async function createTestDatabase(serverUrl: string, name = ownName()) {
  await run(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  // Without `force`: PostgreSQL ends its own autovacuum by itself, and gives a connection 5 s to be gone. With `force` a
  // plain role is refused while autovacuum is at work in there.
  return {
    database: { databaseUrl: url.href },
    drop: () => run(serverUrl, `drop database ${name}`),
  };
}

async function run(databaseUrl: string, statement: string): Promise<void> {
  const { default: pg } = await loadOptional("TEST_DATABASE_URL", ["pg"], () => import("pg"));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
