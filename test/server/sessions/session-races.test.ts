/** Signing out while a proof renews the session, at every moment in between, over whichever store is in use. */
import express, { type Express } from "express";
import type { Store } from "express-session";
import request, { type Response } from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { gate } from "../../kit/gate.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";
import { cookiesOf } from "../lab.ts";

let storage: TestStorage;
/** The app without anything in the way. */
let app: Express;
beforeAll(async () => {
  storage = await openTestStorage(() => new Date());
  app = hostApp(storage.sessionStore);
});
afterAll(() => storage.close());

function hostApp(store: Store): Express {
  const sessions = createCookieSessions({
    store,
    secret: "a secret of more than thirty-two characters",
    secure: false,
    now: () => new Date(),
  });
  const host = express();
  host.use(sessions.middleware);
  host.post("/session", async (req, res) => {
    await sessions.start(req, res, { userId: "somebody", method: "passkey" });
    res.status(204).end();
  });
  host.post("/renewal", async (req, res) => {
    await sessions.renew(req, res, { method: "passkey" });
    res.status(204).end();
  });
  host.delete("/session", async (req, res) => {
    await sessions.end(req, res);
    res.status(204).end();
  });
  host.get("/session", async (req, res) => void res.json(await sessions.current(req)));
  host.use(createErrorHandler({ error: () => {} }));
  return host;
}

/** Another instance over the same storage, which holds up its call number `at` to the store until `meanwhile` is done. */
async function interrupt(
  at: number,
  send: (slowApp: Express) => PromiseLike<Response>,
  meanwhile: () => Promise<void>,
): Promise<Response> {
  const again = await storage.connectAgain();
  const { arrived, arrive, opened, open } = gate();
  let calls = 0;
  for (const name of ["get", "set", "destroy"] as const) {
    const call: (...input: never[]) => void = again.sessionStore[name].bind(again.sessionStore);
    Reflect.set(again.sessionStore, name, (...input: never[]) => {
      calls += 1;
      if (calls !== at) return call(...input);
      arrive();
      void opened.then(() => call(...input));
    });
  }
  try {
    const slow = Promise.resolve(send(hostApp(again.sessionStore)));
    await Promise.race([arrived, slow]);
    await meanwhile();
    open();
    return await slow;
  } finally {
    await again.close();
  }
}

const signIn = async () => cookiesOf(await request(app).post("/session").expect(204));
const renew = (cookie: string, on = app) => request(on).post("/renewal").set("Cookie", cookie);
const signOut = (cookie: string, on = app) => request(on).delete("/session").set("Cookie", cookie);
const isAlive = async (cookie: string) =>
  (await request(app).get("/session").set("Cookie", cookie).expect(200)).body !== null;

// A renewal makes six calls to the store, signing out four; one more is after the last.
describe("signing out wins", () => {
  test.each([1, 2, 3, 4, 5, 6, 7])(
    "Sign-out wins when it runs before call %i of a renewal to the store",
    async (at) => {
      const before = await signIn();
      const renewed = await interrupt(
        at,
        (slowApp) => renew(before, slowApp),
        async () => void (await signOut(before).expect(204)),
      );
      expect(await isAlive(before)).toBe(false);
      expect(await isAlive(cookiesOf(renewed))).toBe(false);
      if (at <= 6) expect([renewed.status, renewed.body.code]).toEqual([401, "not_authenticated"]);
    },
  );

  test.each([1, 2, 3, 4, 5])(
    "Sign-out wins when a renewal runs before its own call %i to the store",
    async (at) => {
      const before = await signIn();
      let after = "";
      await interrupt(
        at,
        (slowApp) => signOut(before, slowApp),
        async () => {
          after = cookiesOf(await renew(before));
        },
      );
      expect(await isAlive(before)).toBe(false);
      expect(await isAlive(after)).toBe(false);
    },
  );
});

test("A renewal without a race leaves one session, and sign-out with its cookie ends it", async () => {
  const before = await signIn();
  const after = cookiesOf(await renew(before).expect(204));
  expect(await isAlive(before)).toBe(false);
  expect(await isAlive(after)).toBe(true);
  await signOut(after).expect(204);
  expect(await isAlive(after)).toBe(false);
});

test.each([
  ["a forged signature", (cookie: string) => `${cookie.slice(0, -6)}AAAAAA`],
  ["a malformed signature", (cookie: string) => cookie.replace(/\..*/, ".%E0%A4%A")],
  ["no signature", (cookie: string) => cookie.replace(/\..*/, "")],
])("Sign-out with a cookie with %s ends no session", async (_, forge) => {
  const before = await signIn();
  const after = cookiesOf(await renew(before).expect(204));
  await signOut(forge(before)).expect(204);
  expect(await isAlive(after)).toBe(true);
});
