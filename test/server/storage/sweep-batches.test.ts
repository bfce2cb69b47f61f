/** A backlog is deleted in many short statements, so that requests come in between. */
import { type KyselyPlugin, sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStorage, type Storage } from "../../../server/storage/storage.ts";
import { sweepExpired } from "../../../server/storage/tables/sweep.ts";
import { createTestPlace, type TestPlace } from "../../kit/test-storage.ts";
import { type HostDatabase, openHostDatabase } from "./host-database.ts";

const now = new Date("2026-03-01T12:00:00.000Z");

let place: TestPlace;
let host: HostDatabase;
let storage: Storage;
beforeEach(async () => {
  place = await createTestPlace();
  host = openHostDatabase(place.options);
  storage = await openStorage({ ...place.options, now: () => now });
});
afterEach(async () => {
  await storage.close();
  await host.destroy();
  await place.drop();
});

/** How many rows each statement has deleted. */
class DeletionCounter implements KyselyPlugin {
  readonly deleted: number[] = [];

  transformQuery({ node }: Parameters<KyselyPlugin["transformQuery"]>[0]) {
    return node;
  }

  async transformResult({ result }: Parameters<KyselyPlugin["transformResult"]>[0]) {
    this.deleted.push(Number(result.numAffectedRows ?? 0));
    return result;
  }
}

const backlogs: Readonly<Record<string, string>> = {
  sessions: "select 's' || n, '', n from numbers",
  consumed_tokens: "select 't' || n, n from numbers",
  // Twenty accounts in each browser.
  passkey_browsers: "select 'b' || (n / 20), 'u' || n, n from numbers",
  rate_limits: "select 'l' || n, 0, n from numbers",
};

test.each(Object.entries(backlogs))(
  "50,000 expired rows of %s go in statements of about 500, and nothing younger with them",
  { timeout: 120_000 },
  async (table, rows) => {
    const numbers =
      "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 50000)";
    await sql`insert into ${sql.table(`passkeys_${table}`)} ${sql.raw(`${numbers} ${rows}`)}`.execute(host);
    const soon = new Date(now.getTime() + 1);
    await storage.flows.consumeToken("young", soon);
    const counter = new DeletionCounter();
    await sweepExpired(storage.traffic.withPlugin(counter), now);
    expect(counter.deleted.reduce((sum, one) => sum + one, 0)).toBe(50_000);
    expect(Math.max(...counter.deleted)).toBeLessThanOrEqual(table === "passkey_browsers" ? 1000 : 500);
    expect(await storage.flows.consumeToken("young", soon)).toBe(false);
  },
);
