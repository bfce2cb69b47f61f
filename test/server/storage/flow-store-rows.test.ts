/** The flows' memory with more than one row in it: whose row is read, used up or forgotten, and until when. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage(() => new Date());
});
afterAll(() => storage.close());

const end = new Date("2030-01-01T00:02:00.000Z");
const before = new Date("2030-01-01T00:01:59.999Z");

const proof = { sessionId: "s-1", action: "transfer-funds", operation: "100 to DE00" };
const grant = { ...proof, userId: "u-1" };
const others = [
  { ...grant, sessionId: "s-2" },
  { ...grant, action: "close-account" },
  { ...grant, operation: "100 to XX99" },
  { ...grant, operation: "" },
];

describe("a grant", () => {
  test("is taken by its own session, action and operation, and by no other", async () => {
    for (const other of others) {
      await storage.flows.keepGrant(grant, end);
      expect(await storage.flows.takeGrant(other, before)).toBe(false);
      expect(await storage.flows.takeGrant(grant, before)).toBe(true);
    }
  });

  test("leaves the grants of other sessions, actions and operations where they are", async () => {
    for (const kept of [grant, ...others]) await storage.flows.keepGrant(kept, end);
    expect(await storage.flows.takeGrant(grant, before)).toBe(true);
    for (const other of others) expect(await storage.flows.takeGrant(other, before)).toBe(true);
  });

  test("is good until its end, and not at its end", async () => {
    await storage.flows.keepGrant(grant, end);
    expect(await storage.flows.takeGrant(grant, end)).toBe(false);
    expect(await storage.flows.takeGrant(grant, before)).toBe(true);
  });

  test("that has ended does not stand in the way of a newer one", async () => {
    await storage.flows.keepGrant(grant, before);
    await storage.flows.keepGrant(grant, end);
    expect(await storage.flows.takeGrant(grant, before)).toBe(true);
    expect(await storage.flows.takeGrant(grant, before)).toBe(false);
  });
});

describe("an action that was begun", () => {
  const begun = (idempotencyKey: string) => ({ ...proof, idempotencyKey, passkeyIds: ["pk-1"] });

  test("is ended in its own session, and an attempt in another one does not use it up", async () => {
    await storage.flows.keepBegun(begun("k-1"), end);
    expect(await storage.flows.takeBegun("k-1", "s-2", before)).toBeNull();
    expect(await storage.flows.takeBegun("k-1", "s-1", before)).toEqual(begun("k-1"));
  });

  test("is one of several of the session: the others are still there", async () => {
    for (const key of ["k-2", "k-3"]) await storage.flows.keepBegun(begun(key), end);
    expect(await storage.flows.takeBegun("k-3", "s-1", before)).toEqual(begun("k-3"));
    expect(await storage.flows.takeBegun("k-2", "s-1", before)).toEqual(begun("k-2"));
  });

  test("is good until its end, and not at its end", async () => {
    await storage.flows.keepBegun(begun("k-4"), end);
    expect(await storage.flows.takeBegun("k-4", "s-1", end)).toBeNull();
    expect(await storage.flows.takeBegun("k-4", "s-1", before)).not.toBeNull();
  });
});

describe("the names of two passkeys", () => {
  test("are the person's own: forgetting one leaves the other, and another person's too", async () => {
    const { flows } = storage;
    await flows.keepPasskeyName("u-1", "p-1", "Phone");
    await flows.keepPasskeyName("u-1", "p-2", "Laptop");
    await flows.keepPasskeyName("u-2", "p-1", "Key");
    expect(await flows.passkeyNames("u-2")).toEqual(new Map([["p-1", "Key"]]));
    await flows.keepPasskeyName("u-1", "p-1", null);
    expect(await flows.passkeyNames("u-1")).toEqual(new Map([["p-2", "Laptop"]]));
    expect(await flows.passkeyNames("u-2")).toEqual(new Map([["p-1", "Key"]]));
  });

  test("change one at a time", async () => {
    const { flows } = storage;
    for (const passkeyId of ["p-1", "p-2"]) await flows.keepPasskeyName("u-3", passkeyId, passkeyId);
    await flows.keepPasskeyName("u-3", "p-2", "Laptop");
    expect(await flows.passkeyNames("u-3")).toEqual(
      new Map([
        ["p-1", "p-1"],
        ["p-2", "Laptop"],
      ]),
    );
  });
});

test("the answers of two accounts to the offer are their own: forgetting one leaves the other", async () => {
  const { flows } = storage;
  const answer = (declined: number) => ({ declined, never: declined > 1, answeredAt: before });
  await flows.keepOfferAnswer("u-1", answer(1));
  await flows.keepOfferAnswer("u-2", answer(2));
  expect(await flows.offerAnswer("u-1")).toEqual(answer(1));
  await flows.keepOfferAnswer("u-1", null);
  expect(await flows.offerAnswer("u-1")).toBeNull();
  expect(await flows.offerAnswer("u-2")).toEqual(answer(2));
});
