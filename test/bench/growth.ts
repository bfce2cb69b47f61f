/**
 * `npm run bench:growth`: fills a PostgreSQL of its own as a million users and two million events would, prints what tables
 * and indexes weigh, and compares two ways to forget a month of events while others are written: the sweep's batches, and
 * the drop of a partition. Takes some four minutes; USERS=100000 makes it a tenth.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { openStorage } from "../../server/storage/storage.ts";
import { sweepExpired } from "../../server/storage/tables/sweep.ts";
import { endPrograms } from "../chaos/processes.ts";
import { createPostgres } from "../chaos/servers.ts";

const users = Number(process.env.USERS ?? 1_000_000);
const events = 2 * users;
const months = 14;
const now = new Date();
const day = 24 * 60 * 60 * 1000;
/** The next partition that is dropped. */
let oldest = months + 1;

const folder = mkdtempSync(join(tmpdir(), "growth-"));
const postgres = await createPostgres(folder);
await postgres.start();
const db = new pg.Pool({ connectionString: postgres.url, max: 4 });
db.on("error", () => {});
try {
  const storage = await openStorage({ databaseUrl: postgres.url, onNotice: () => {}, now: () => now });
  await fill();
  await printSizes("A million users", users);
  await compare("the sweep's batches of 500", "passkeys_audit_events", () =>
    sweepExpired(storage.traffic, now, { auditRetentionDays: (months - 1) * 30 }),
  );
  await db.query("vacuum passkeys_audit_events");
  print(`After vacuum: ${await sizeOf("passkeys_audit_events")}, whose free pages the next events take.`);
  await partition();
  await compare("the drop of a partition", "events_in_parts", () => dropPartition());
  await compare(
    "the drop of a partition while a report reads the table for 3 s",
    "events_in_parts",
    async () => {
      const report = await db.connect();
      await report.query("begin; select count(*) from events_in_parts where id = 'x'");
      const dropped = dropPartition();
      await report.query("select pg_sleep(3)");
      await report.query("commit");
      report.release();
      await dropped;
    },
  );
  await storage.close();
} finally {
  await db.end();
  endPrograms();
  rmSync(folder, { recursive: true, force: true });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function fill(): Promise<void> {
  const at = `to_char(now() - (n % ${months * 30}) * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const id = "gen_random_uuid()::text";
  for (const [rows, statement] of [
    [users, `insert into passkeys_users (id, email, created_at) select ${id}, n || '@example.com', ${at}`],
    [
      users / 2,
      `insert into passkeys_passkey_names (user_id, passkey_id, name) select ${id}, ${id}, 'Phone'`,
    ],
    [
      users / 2,
      `insert into passkeys_known_authenticators (user_id, authenticator_id, claimed) select ${id}, ${id}, 1`,
    ],
    [
      users / 2,
      `insert into passkeys_passkey_browsers (id, user_id, expires_at) select md5(n::text) || md5(n::text), ${id}, 9e12`,
    ],
    [
      users / 5,
      `insert into passkeys_sessions (id, data, expires_at) select md5(n::text) || md5(n::text), repeat('x', 400), 9e12`,
    ],
    [users / 2, `insert into passkeys_rate_limits (key, points, expire) select 'rule:' || ${id}, 1, 9e12`],
    [
      events,
      `insert into passkeys_audit_events (id, at, event, user_id, request_id, facts) select ${id}, ${at}, 'sign_in.succeeded', ${id}, ${id}, '{"event":"sign_in.succeeded","method":"passkey","browser":"Chrome","system":"Android"}'`,
    ],
  ] as const) {
    await db.query(`${statement} from generate_series(1, ${rows}) n`);
  }
  await db.query("vacuum analyze");
}

async function printSizes(title: string, people: number): Promise<void> {
  const { rows } = await db.query<{
    name: string;
    rows: string;
    table: string;
    indexes: string;
    bytes: string;
  }>(`
    select relname as name, n_live_tup as rows, pg_size_pretty(pg_table_size(relid)) as table,
      pg_size_pretty(pg_indexes_size(relid)) as indexes, pg_total_relation_size(relid) as bytes
    from pg_stat_user_tables where n_live_tup > 0 order by pg_total_relation_size(relid) desc`);
  print(`${title}:\n\n| table | rows | table | indexes | bytes a row |\n|---|---|---|---|---|`);
  for (const one of rows)
    print(
      `| ${one.name} | ${one.rows} | ${one.table} | ${one.indexes} | ${Math.round(Number(one.bytes) / Number(one.rows))} |`,
    );
  const total = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  print(`\nIn all ${Math.round(total / 1e6)} MB: ${Math.round(total / people)} bytes a user.\n`);
}

async function sizeOf(table: string): Promise<string> {
  const { rows } = await db.query<{ size: string }>(
    "select pg_size_pretty(pg_total_relation_size($1)) as size",
    [table],
  );
  return rows[0]?.size ?? "";
}

/** Writes an event every 5 ms meanwhile, as requests do, and prints the longest wait of one. */
async function compare(way: string, table: string, forget: () => Promise<unknown>): Promise<void> {
  const waits: number[] = [];
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      const before = performance.now();
      await db.query(
        `insert into ${table} (id, at, event, user_id, request_id, facts) values ($1, $2, 'sign_out', 'u', 'r', '{}')`,
        [randomUUID(), new Date().toISOString()],
      );
      waits.push(performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const before = performance.now();
  await forget();
  const seconds = (performance.now() - before) / 1000;
  isOver = true;
  await writing;
  const sorted = waits.toSorted((a, b) => a - b);
  const wait = (share: number): string =>
    `${Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)} ms`;
  print(
    `${way}: ${seconds.toFixed(1)} s; ${waits.length} events written meanwhile, p50 ${wait(0.5)}, p99 ${wait(0.99)}, longest ${wait(1)}.`,
  );
}

/** The same events in a table that is partitioned by month. */
async function partition(): Promise<void> {
  await db.query(`create table events_in_parts (like passkeys_audit_events) partition by range (at)`);
  for (let month = -1; month <= months; month += 1) {
    const from = new Date(now.getTime() - month * 30 * day).toISOString();
    const to = new Date(now.getTime() - (month - 1) * 30 * day).toISOString();
    await db.query(
      `create table events_part_${month + 1} partition of events_in_parts for values from ('${from}') to ('${to}')`,
    );
  }
  for (const columns of ["id", "at", "user_id, at", "request_id"])
    await db.query(`create index on events_in_parts (${columns})`);
  await db.query("insert into events_in_parts select * from passkeys_audit_events");
  await db.query("analyze events_in_parts");
  const { rows } = await db.query<Record<string, string>>(
    "explain (analyze, buffers) select * from events_in_parts where user_id = 'u' order by at desc limit 20",
  );
  const plain = await db.query<Record<string, string>>(
    "explain (analyze, buffers) select * from passkeys_audit_events where user_id = 'u' order by at desc limit 20",
  );
  const planOf = (plan: readonly Record<string, string>[]): string =>
    plan
      .map((row) => Object.values(row)[0] ?? "")
      .filter((line) => /Time|^ *Buffers/.test(line))
      .slice(-4)
      .join(";");
  print(`A person's events: one table ${planOf(plain.rows)}`);
  print(`A person's events: ${months + 2} partitions ${planOf(rows)}`);
}

async function dropPartition(): Promise<void> {
  await db.query(`drop table events_part_${oldest}`);
  oldest -= 1;
}
