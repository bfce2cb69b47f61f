/** Notices wait in the storage, and of several instances that send, each has a notice to itself. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { KeptNotice, NoticeStore } from "../../../server/passkeys/ports/notices.ts";
import { openStorageLazily } from "../../../server/storage/lazy-storage.ts";
import { openStorage, type Storage } from "../../../server/storage/storage.ts";
import { createTestPlace, openTestStorage, type TestStorage } from "../../kit/test-storage.ts";

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 12, minutes));
const many = 1000;

let storage: TestStorage;
let again: Storage;
let here: NoticeStore;
let elsewhere: NoticeStore;
beforeAll(async () => {
  storage = await openTestStorage(() => new Date());
  again = await storage.connectAgain();
  here = noticesOf(storage);
  elsewhere = noticesOf(again);
});
beforeEach(async () => {
  await storage.traffic.deleteFrom("notices").execute();
});
afterAll(async () => {
  await again.close();
  await storage.close();
});

function noticesOf({ notices }: Pick<Storage, "notices">): NoticeStore {
  if (notices === null) throw new Error("The storage was opened without notices.");
  return notices;
}

function notice(changes: Partial<KeptNotice> = {}): KeptNotice {
  return {
    id: randomUUID(),
    userId: "ann",
    content: '{"kind":"passkey_added"}',
    dueAt: at(0),
    expiresAt: at(59),
    ...changes,
  };
}

test("a notice that is due is claimed by one of many parallel senders on two instances", async () => {
  const kept = Array.from({ length: 30 }, () => notice());
  for (const one of kept) await here.keep(one, many);
  const claims = await Promise.all(
    Array.from({ length: 20 }, (_, turn) => (turn % 2 ? here : elsewhere).claim(at(1), at(2), 5)),
  );
  const ids = claims.flat().map(({ id }) => id);
  expect(ids.toSorted()).toEqual(kept.map(({ id }) => id).toSorted());
});

test("a claim ends with its lease, and what the first sender reports afterwards changes nothing", async () => {
  await here.keep(notice(), many);
  const [first] = await here.claim(at(1), at(2), 5);
  if (first === undefined) throw new Error("Nothing was claimed.");
  expect(await elsewhere.claim(at(1), at(2), 5)).toEqual([]);
  const [second] = await elsewhere.claim(at(3), at(4), 5);
  expect(second).toMatchObject({ id: first.id, attempts: 2, content: first.content });
  await here.postpone(first, at(30));
  await here.markSent(first, at(3));
  expect(await here.claim(at(5), at(6), 5)).toHaveLength(1);
});

test("a notice that was sent is not sent again, and the same one is not kept again", async () => {
  const one = notice();
  await here.keep(one, many);
  const [claimed] = await here.claim(at(1), at(2), 5);
  if (claimed === undefined) throw new Error("Nothing was claimed.");
  await here.markSent(claimed, at(1));
  await elsewhere.keep({ ...one, content: "another", dueAt: at(-5) }, many);
  expect(await elsewhere.claim(at(30), at(31), 5)).toEqual([]);
  const rows = await storage.traffic.selectFrom("notices").select("content").execute();
  expect(rows).toEqual([{ content: "" }]);
});

test("a notice that waits is replaced by the same one that is due earlier, and not by a later one", async () => {
  const one = notice({ content: "by webhook", dueAt: at(2) });
  await here.keep(one, many);
  await here.keep({ ...one, content: "later", dueAt: at(5) }, many);
  await here.keep({ ...one, content: "by the finish", dueAt: at(0) }, many);
  expect(await here.claim(at(1), at(2), 5)).toMatchObject([{ content: "by the finish" }]);
});

test("a notice that is too old is not sent, and one of a user who is forgotten is gone", async () => {
  await here.keep(notice({ expiresAt: at(10) }), many);
  expect(await here.claim(at(11), at(12), 5)).toEqual([]);
  await here.keep(notice({ userId: "bob" }), many);
  await here.forget("bob");
  expect(await here.claim(at(9), at(10), 5)).toMatchObject([{ userId: "ann" }]);
});

test("notices that wait are bounded in number", async () => {
  expect(await here.keep(notice(), 2)).toBe(true);
  expect(await here.keep(notice(), 2)).toBe(true);
  expect(await here.keep(notice(), 2)).toBe(false);
  const [claimed] = await here.claim(at(1), at(2), 1);
  if (claimed === undefined) throw new Error("Nothing was claimed.");
  await here.markSent(claimed, at(1));
  expect(await here.keep(notice(), 2)).toBe(true);
});

test("the table of notices is made only where it is asked for, also by a storage that opens later", async () => {
  const place = await createTestPlace();
  const now = () => new Date();
  const without = await openStorage({ ...place.options, now });
  expect(without.notices).toBeNull();
  await expect(without.traffic.selectFrom("notices").selectAll().execute()).rejects.toThrow(
    "tables: { notices: true }",
  );
  await without.ping();
  await without.close();
  const stopped = openStorage({ ...place.options, tables: { notices: true }, migrate: false, now });
  await expect(stopped).rejects.toThrow("--with notices");
  const lazy = openStorageLazily({ ...place.options, tables: { notices: true }, now });
  await noticesOf(lazy).keep(notice(), many);
  expect(await noticesOf(lazy).claim(at(1), at(2), 5)).toHaveLength(1);
  await lazy.close();
  await place.drop();
});
