/**
 * The storage of a test stack: a SQLite file, or what TEST_DATABASE_URL and TEST_REDIS_URL name, so that the
 * same suites run over every back end. Each stack has a PostgreSQL database and a Redis prefix of its own.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { openStorage, type Storage } from "../../server/storage/storage.ts";

export interface TestStorage extends Storage {
  /** Connects once more to the same storage, as another instance of the app does. Close it before this one. */
  connectAgain(): Promise<Storage>;
}

export async function openTestStorage(now: () => Date): Promise<TestStorage> {
  const databaseUrl = process.env.TEST_DATABASE_URL;
  const own = `test_${randomUUID().replaceAll("-", "")}`;
  const place = databaseUrl === undefined ? await createFile(own) : await createDatabase(databaseUrl, own);
  const connect = () =>
    openStorage({
      file: place.file,
      databaseUrl: place.url,
      redisUrl: process.env.TEST_REDIS_URL ?? null,
      redisPrefix: `${own}:`,
      now,
    });
  const storage = await connect();
  return {
    ...storage,
    connectAgain: connect,
    async close() {
      await storage.close();
      await place.drop();
    },
  };
}

interface Place {
  readonly file: string;
  readonly url: string | null;
  readonly drop: () => Promise<void>;
}

async function createFile(name: string): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), name));
  return { file: join(folder, "app.sqlite"), url: null, drop: () => rm(folder, { recursive: true }) };
}

async function createDatabase(serverUrl: string, name: string): Promise<Place> {
  await run(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  // Without `force`: PostgreSQL ends its own autovacuum by itself, and gives a connection 5 s to be gone. With `force` a
  // plain role is refused while autovacuum is at work in there.
  return { file: "", url: url.href, drop: () => run(serverUrl, `drop database ${name}`) };
}

async function run(databaseUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
