/** Which rows a sweep deletes, in each table, on every database. */
import type { InsertObject } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import type { Schema } from "../../../server/storage/tables/table-types.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";

const now = new Date("2026-03-01T12:00:00.000Z");

let storage: TestStorage;
beforeEach(async () => {
  storage = await openTestStorage(() => now);
});
afterEach(() => storage.close());

/** The tables whose rows have an end. */
type Ending = {
  [Table in keyof Schema]: Extract<keyof Schema[Table], "expires_at" | "expire"> extends never
    ? never
    : Table;
}[keyof Schema];

/** A row of each of them with this end; the compiler misses a table that is not here. */
const rows = {
  sessions: (at) => ({ id: `s-${at}`, data: "{}", expires_at: at }),
  user_sessions: (at) => ({
    id: `u-${at}`,
    user_id: "u",
    method: "passkey",
    started_at: 0,
    seen_at: 0,
    expires_at: at,
  }),
  consumed_tokens: (at) => ({ identity: `t-${at}`, expires_at: at }),
  otp_attempts: (at) => ({ challenge_id: `c-${at}`, attempts: 1, expires_at: at }),
  begun_actions: (at) => ({
    idempotency_key: `b-${at}`,
    session_id: "s",
    action: "a",
    operation: "",
    passkey_ids: "[]",
    expires_at: at,
  }),
  grants: (at) => ({ id: `g-${at}`, session_id: "s", action: "a", operation: "", expires_at: at }),
  recoveries: (at) => ({ user_id: `r-${at}`, began_at: 0, ends_at: 0, expires_at: at, told: 0 }),
  email_changes: (at) => ({
    user_id: `e-${at}`,
    session_id: "s",
    challenge_id: "c",
    email: "jane@example.com",
    sent_at: 0,
    expires_at: at,
  }),
  former_addresses: (at) => ({
    id: `f-${at}`,
    user_id: "u",
    email: "jane@example.com",
    changed_at: 0,
    expires_at: at,
  }),
  passkey_browsers: (at) => ({ id: `p-${at}`, user_id: "u", expires_at: at }),
  notices: (at) => ({ id: `n-${at}`, user_id: "u", content: "", due_at: at, attempts: 0, expires_at: at }),
  rate_limits: (at) => ({ key: `k-${at}`, points: 1, expire: at }),
} satisfies { readonly [Table in Ending]: (at: number) => InsertObject<Schema, Table> };

const tables = Object.keys(rows) as readonly Ending[];

test.each(tables)("a sweep deletes the rows of %s at their end, and none before it", async (table) => {
  const { traffic } = storage;
  const ends = [-1, 0, 1].map((later) => now.getTime() + later);
  for (const end of ends) await traffic.insertInto(table).values(rows[table](end)).execute();
  await sweepExpired(traffic, now);
  const left = await traffic.selectFrom(table).selectAll().execute();
  const endOf = (row: object) => Object.entries(row).find(([column]) => /^expires?/.test(column))?.[1];
  expect(left.map((row) => Number(endOf(row)))).toEqual([ends[2]]);
});
