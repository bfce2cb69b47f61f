/** What the index of sessions says of a session that is ended while a request looks at it, on every database. */
import type { KyselyPlugin, QueryResult, UnknownRow } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSqlSessionIndex } from "../../../server/storage/stores/sql-session-index.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";

const now = new Date("2030-01-01T00:00:00Z");
const minutesLater = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage(() => now);
});
afterAll(() => storage.close());

/** Every read gives what the first one found, as if all of them had been made before the writes in between. */
function readsOfBefore(): KyselyPlugin {
  const reads = new WeakSet<object>();
  let found: QueryResult<UnknownRow> | undefined;
  return {
    transformQuery({ node, queryId }) {
      if (node.kind === "SelectQueryNode") reads.add(queryId);
      return node;
    },
    async transformResult({ result, queryId }) {
      if (!reads.has(queryId)) return result;
      found ??= result;
      return found;
    },
  };
}

test("a session that is ended while a request notes that it was seen is over for that request too", async () => {
  await storage.sessionIndex.add({
    ...{ id: "s-1", userId: "u-1", browser: null, system: null, place: null, method: "passkey" },
    ...{ startedAt: now, lastSeenAt: now, endsAt: minutesLater(60) },
  });
  const index = createSqlSessionIndex(storage.traffic.withPlugin(readsOfBefore()));
  const seenAt = (lastSeenAt: Date) => index.see({ id: "s-1", method: "passkey", place: null, lastSeenAt });
  expect(await seenAt(minutesLater(10))).toBe(true);
  await storage.sessionIndex.remove("s-1");
  expect(await seenAt(minutesLater(20))).toBe(false);
  expect(await storage.sessionIndex.list("u-1", now)).toEqual([]);
});
