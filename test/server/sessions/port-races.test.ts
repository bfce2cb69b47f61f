/** Signing out while a proof renews the session, at every call to the store in between, for the ports over a host's own. */
import session, { type Store } from "express-session";
import { describe, expect, test } from "vitest";
import { createExpressSessionPort } from "../../../server/sessions/express-session-port.ts";
import type { JwtClaims } from "../../../server/sessions/jwt-claims.ts";
import { createJwtSessions } from "../../../server/sessions/jwt-sessions.ts";
import { gate } from "../../kit/gate.ts";
import { withServer } from "../../kit/listen.ts";
import { appAround, SessionClient, type SessionsUnderTest } from "../../kit/session-client.ts";
import { JsonStore } from "./json-store.ts";

interface Kept {
  userId?: string;
}

function overExpressSession(store: Store): SessionsUnderTest {
  const sessions = createExpressSessionPort({
    read: (kept: Kept) => kept.userId,
    write: (kept: Kept, userId) => Object.assign(kept, { userId }),
  });
  const secret = "only the tests of this file know it";
  return { sessions, middleware: [session({ secret, store, resave: false, saveUninitialized: false })] };
}

function overTokens(store: Store): SessionsUnderTest {
  const sessions = createJwtSessions({
    store,
    verify: (token) => JSON.parse(Buffer.from(token, "base64url").toString()),
    issue: (claims: JwtClaims) => ({ token: Buffer.from(JSON.stringify(claims)).toString("base64url") }),
  });
  return { sessions, tokenIn: (tokens: { token?: string }) => tokens.token };
}

/** A store over the same rows, which holds up its call number `at` until it is let go. */
function interruptedStore(rows: Map<string, string>, at: number) {
  const { arrive, arrived, open, opened } = gate();
  const store = new JsonStore(rows);
  let calls = 0;
  for (const name of ["get", "set", "destroy"] as const) {
    const call: (...input: never[]) => void = store[name].bind(store);
    Reflect.set(store, name, (...input: never[]) => {
      calls += 1;
      if (calls !== at) return call(...input);
      arrive();
      void opened.then(() => call(...input));
    });
  }
  return { store, arrived, open };
}

type Change = "renew" | "end";

/** One request is held up at a call to the store while another one comes and is answered. */
async function race(port: (store: Store) => SessionsUnderTest, at: number, slow: Change, quick: Change) {
  const plain = new JsonStore();
  const interrupted = interruptedStore(plain.rows, at);
  const [subject, slowSubject] = [port(plain), port(interrupted.store)];
  const [app, slowApp] = [await appAround(subject, new Map()), await appAround(slowSubject, new Map())];
  return withServer(app, (url) =>
    withServer(slowApp, async (slowUrl) => {
      const client = new SessionClient(url, subject, new Map());
      await client.start("u1");
      const [old, quickClient, slowClient] = [client.copy(), client.copy(), client.copy(slowUrl)];
      const answer = slowClient[slow]();
      await Promise.race([interrupted.arrived, answer]);
      await quickClient[quick]();
      interrupted.open();
      const { status } = await answer;
      const left = [old, quickClient, slowClient.copy(url)].map((one) => one.session());
      return { status, left: await Promise.all(left) };
    }),
  );
}

const calls = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

describe.each([
  // The last call to the store at which a renewal still notices.
  { name: "express-session", port: overExpressSession, last: 12 },
  { name: "JWTs", port: overTokens, last: 7 },
])("signing out over $name", ({ name, port, last }) => {
  test.each(calls)(
    `Over ${name}, sign-out wins when it runs before call %i of a renewal to the store`,
    async (at) => {
      const { status, left } = await race(port, at, "renew", "end");
      expect(left).toEqual([null, null, null]);
      expect(status).toBe(at <= last ? 401 : 200);
    },
  );

  test.each(calls)(
    `Over ${name}, sign-out wins when a renewal runs before its own call %i to the store`,
    async (at) => {
      const { status, left } = await race(port, at, "end", "renew");
      expect(left).toEqual([null, null, null]);
      expect(status).toBe(200);
    },
  );
});
