/** A storage whose servers are reached over lines that can be cut, and a hand on the PostgreSQL server behind one. */
import pg from "pg";
import type { StorageNotice } from "../../../server/http/outages.ts";
import type { TestStorageOptions } from "../../kit/test-storage.ts";
import { openTcpLine, type TcpLine } from "./tcp-line.ts";

export interface StorageLines {
  /** For a lab, or for `openTestStorage`. */
  readonly options: TestStorageOptions;
  /** What the storage has said by itself. */
  readonly notices: readonly StorageNotice[];
  /** Null where the suite runs without that server. */
  postgres(): TcpLine | null;
  redis(): TcpLine | null;
  /** The storage's own database, past the line. */
  database(): Promise<DatabaseHand>;
  close(): Promise<void>;
}

export interface DatabaseHand {
  /** `share` holds up those who write, `access exclusive` everybody. */
  whileLocked(table: string, mode: "share" | "access exclusive", run: () => Promise<void>): Promise<void>;
  /** Resolves when a query of the app waits for a lock. */
  isWaitedFor(): Promise<void>;
  /** Ends the app's backends that are at work, in this database alone. */
  terminateBackends(): Promise<void>;
  query(statement: string): Promise<void>;
  close(): Promise<void>;
}

const ownName = "test-hand";

export function openStorageLines(): StorageLines {
  const lines = new Map<string, TcpLine>();
  const notices: StorageNotice[] = [];
  let databaseUrl: URL | null = null;
  const find = (protocols: readonly string[]): TcpLine | null =>
    [...lines].find(([protocol]) => protocols.includes(protocol))?.[1] ?? null;

  return {
    options: {
      async through(url) {
        const line = lines.get(url.protocol) ?? (await openTcpLine(url));
        lines.set(url.protocol, line);
        if (url.protocol.startsWith("postgres")) databaseUrl = url;
        return line.through(url);
      },
      onNotice: (notice) => void notices.push(notice),
    },
    notices,
    postgres: () => find(["postgres:", "postgresql:"]),
    redis: () => find(["redis:"]),
    async database() {
      if (databaseUrl === null) throw new Error("This storage has no database server.");
      return openHand(databaseUrl);
    },
    async close() {
      for (const line of lines.values()) await line.close();
    },
  };
}

async function openHand(url: URL): Promise<DatabaseHand> {
  const connectionString = url.href;
  const client = new pg.Client({ connectionString, application_name: ownName });
  const holder = new pg.Client({ connectionString, application_name: ownName });
  await client.connect();
  await holder.connect();
  const others = `datname = current_database() and application_name <> '${ownName}'`;

  return {
    async whileLocked(table, mode, run) {
      await holder.query(`begin; lock table passkeys_${table} in ${mode} mode`);
      try {
        await run();
      } finally {
        await holder.query("rollback");
      }
    },
    async isWaitedFor() {
      const waiting = `select 1 from pg_stat_activity where ${others} and wait_event_type = 'Lock'`;
      while ((await client.query(waiting)).rowCount === 0);
    },
    async terminateBackends() {
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where ${others} and state <> 'idle'`,
      );
    },
    async query(statement) {
      await client.query(statement);
    },
    async close() {
      await client.end();
      await holder.end();
    },
  };
}
