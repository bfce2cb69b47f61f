/** A PostgreSQL for the projects of the consumers' suite whose host keeps its own tables there. */
import pg from "pg";
import { createTestDatabase } from "../kit/test-storage.ts";

/** TEST_DATABASE_URL, or the role and database that `.ci/start-servers` makes. */
const serverUrl = process.env.TEST_DATABASE_URL ?? "postgres://passkeys:passkeys@127.0.0.1:5432/passkeys";

/** @returns why PostgreSQL cannot be used, or null if it can */
export async function whyNoPostgres(): Promise<string | null> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.end();
    return null;
  } catch (error) {
    return String(error);
  }
}

/** Runs `use` with the URL of an empty database. */
export async function withDatabase<Result>(use: (databaseUrl: string) => Promise<Result>): Promise<Result> {
  const { database, drop } = await createTestDatabase(serverUrl);
  try {
    return await use(database.databaseUrl);
  } finally {
    await drop();
  }
}
