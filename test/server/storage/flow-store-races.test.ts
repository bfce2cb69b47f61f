/**
 * What can be used once is used once when ten requests ask at the same moment. Over whichever database is in use; its
 * pool is warmed first, because ten requests to a cold pool run one after the other on its first connection.
 */
import express from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKnownBrowserCookie } from "../../../server/sessions/known-browser-cookie.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";

const now = new Date("2030-01-01T00:00:00Z");
const later = new Date("2030-01-01T00:02:00Z");
const proof = { sessionId: "s-1", action: "transfer-funds", operation: "100 to DE00" };
const grant = { ...proof, userId: "u-1" };

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage(() => now);
  await tenTimes(() => storage.flows.takeGrant({ ...grant, sessionId: "nobody" }, now));
});
afterAll(() => storage.close());

function tenTimes<Value>(act: (at: number) => PromiseLike<Value>): Promise<Value[]> {
  return Promise.all(Array.from({ length: 10 }, (_, at) => act(at)));
}

const winners = (answers: readonly boolean[]) => answers.filter((answer) => answer).length;

describe("of ten requests at the same moment", () => {
  test.each([1, 2, 3])("exactly as many take a grant as the session has: %i", async (kept) => {
    const own = { ...grant, sessionId: `with-${kept}` };
    for (let count = 0; count < kept; count += 1) await storage.flows.keepGrant(own, later);
    expect(winners(await tenTimes(() => storage.flows.takeGrant(own, now)))).toBe(kept);
    expect(await storage.flows.takeGrant(own, now)).toBe(false);
  });

  test("one uses a result token up", async () => {
    expect(winners(await tenTimes(() => storage.flows.consumeToken("one-token", later)))).toBe(1);
    expect(await storage.flows.consumeToken("one-token", later)).toBe(false);
  });

  test("each uses its own result token up", async () => {
    expect(winners(await tenTimes((at) => storage.flows.consumeToken(`token-${at}`, later)))).toBe(10);
  });

  test("one ends the action that was begun", async () => {
    const begun = { ...proof, idempotencyKey: "one-action", passkeyIds: ["pk-1"] };
    await storage.flows.keepBegun(begun, later);
    const answers = await tenTimes(() => storage.flows.takeBegun("one-action", "s-1", now));
    expect(answers.filter((answer) => answer !== null)).toEqual([begun]);
  });

  test("each try of a code gets a number of its own", async () => {
    const tries = await tenTimes(() => storage.flows.countOtpAttempt("one-challenge", later));
    expect(tries.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await storage.flows.countOtpAttempt("another-challenge", later)).toBe(1);
  });

  test("each gives a passkey its first name, and one of the names is kept", async () => {
    const names = Array.from({ length: 10 }, (_, at) => `Phone ${at}`);
    await tenTimes((at) => storage.flows.keepPasskeyName("u-1", "p-1", names[at] ?? ""));
    const kept = await storage.flows.passkeyNames("u-1");
    expect([...kept.keys()]).toEqual(["p-1"]);
    expect(names).toContain(kept.get("p-1"));
  });

  test("each answers the offer for the first time, and none fails", async () => {
    const answer = { declined: 1, never: false, answeredAt: now };
    await tenTimes(() => storage.flows.keepOfferAnswer("u-1", answer));
    expect(await storage.flows.offerAnswer("u-1")).toEqual(answer);
  });

  test("each remembers this browser for the same account, and none fails", async () => {
    const memory = createKnownBrowserCookie({ store: storage.knownBrowsers, secure: false, now: () => now });
    const app = express();
    app.post("/:userId", async (req, res) => {
      await memory.remember(req, res, req.params.userId);
      res.end();
    });
    app.get("/:userId", async (req, res) => void res.json(await memory.knows(req, req.params.userId)));
    const browser = request.agent(app).set("Cookie", `browser=${"b".repeat(32)}`);
    await tenTimes(() => browser.post("/u-1").expect(200));
    expect((await browser.get("/u-1")).body).toBe(true);
    expect((await browser.get("/u-2")).body).toBe(false);
  });
});
