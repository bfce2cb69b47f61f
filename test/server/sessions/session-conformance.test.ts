/** Every session port of this package keeps what the kit asks of a host's; and the kit notices one that does not. */
import { randomUUID } from "node:crypto";
import session from "express-session";
import { jwtVerify, SignJWT } from "jose";
import { afterAll, describe, expect, test } from "vitest";
import type { SessionPort } from "../../../server/passkeys/ports/sessions.ts";
import { createBearerSessions } from "../../../server/sessions/bearer-sessions.ts";
import { createCookieSessions } from "../../../server/sessions/cookie-sessions.ts";
import { createExpressSessionPort } from "../../../server/sessions/express-session-port.ts";
import { createJwtSessions } from "../../../server/sessions/jwt-sessions.ts";
import { type SessionsUnderTest, sessionPromises } from "../../kit/session-conformance.ts";
import { openTestStorage } from "../../kit/test-storage.ts";
import { ColumnStore, FileLikeStore, JsonStore } from "./json-store.ts";

declare module "express-session" {
  interface SessionData {
    userId?: string;
    basket?: string[];
  }
}

let advanced = 0;
const now = () => new Date(Date.now() + advanced);
const advance = (milliseconds: number) => {
  advanced += milliseconds;
};
const storage = await openTestStorage(now);
afterAll(() => storage.close());

const store = storage.sessionStore;
const secret = "only the tests of this file know it";

function cookie(): SessionsUnderTest {
  const sessions = createCookieSessions({ store, secret, secure: false, now });
  return { sessions, middleware: [sessions.middleware], now, advance };
}

function jwt(): SessionsUnderTest {
  const key = new TextEncoder().encode(secret);
  const sessions = createJwtSessions({
    store,
    now,
    verify: async (token) => (await jwtVerify(token, key, { currentDate: now() })).payload,
    issue: async (claims) => ({
      accessToken: await new SignJWT({ ...claims })
        .setProtectedHeader({ alg: "HS256" })
        .setIssuedAt(now())
        .setExpirationTime(new Date(now().getTime() + 15 * 60_000))
        .sign(key),
    }),
  });
  return { sessions, now, advance, tokenIn: (tokens: { accessToken?: string }) => tokens.accessToken };
}

function overExpressSession(options: Partial<session.SessionOptions> = {}): SessionsUnderTest {
  const sessions = createExpressSessionPort({
    read: ({ userId }) => userId,
    write: (kept, userId) => {
      kept.userId = userId;
    },
    now,
  });
  const settings = { secret, resave: false, saveUninitialized: false, ...options };
  return { sessions, middleware: [session(settings)], now, advance };
}

const ports: Record<string, SessionsUnderTest> = {
  createCookieSessions: cookie(),
  createBearerSessions: { sessions: createBearerSessions({ store, now }), now, advance },
  createJwtSessions: jwt(),
  "createExpressSessionPort over the store of this package": overExpressSession({ store }),
  "createExpressSessionPort over express-session's memory": overExpressSession(),
  "createExpressSessionPort over a store that writes whatever comes": overExpressSession({
    store: new JsonStore(),
  }),
  "createExpressSessionPort over a store of files": overExpressSession({ store: new FileLikeStore() }),
  "createExpressSessionPort over a column as wide as the ids": overExpressSession({
    store: new ColumnStore(/^.{1,32}$/),
  }),
  "createExpressSessionPort over a column of type uuid": overExpressSession({
    store: new ColumnStore(/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/),
    genid: () => randomUUID(),
  }),
  "createBearerSessions over a store of files": {
    sessions: createBearerSessions({ store: new FileLikeStore(), now }),
    now,
    advance,
  },
  "createExpressSessionPort over middleware that saves at every request": overExpressSession({
    store: new JsonStore(),
    resave: true,
    saveUninitialized: true,
  }),
};

describe.each(Object.keys(ports))("%s keeps the promise that", (name) => {
  const subject = ports[name] ?? expect.unreachable();
  test.each(sessionPromises(subject).map((promise) => ({ ...promise, title: `${name}: ${promise.name}` })))(
    "$title",
    ({ run }) => run(),
  );
});

describe("a session port that breaks a promise is found out:", () => {
  const { sessions, ...around } = overExpressSession();
  const whole = sessions as SessionPort;
  const faults: [string, Partial<SessionPort>][] = [
    [
      "it keeps the session id at a sign-in",
      {
        async start(req, _res, { userId, method }) {
          const at = now().toISOString();
          const signedIn = { id: req.sessionID, userId, method, authenticatedAt: at, startedAt: at };
          Object.assign(req.session, { userId, passkeys: { signedIn } });
        },
      },
    ],
    [
      "it renews a session that has ended",
      { renew: (req, res, { method }) => whole.start(req, res, { userId: "somebody", method }) },
    ],
    ["it renews nothing", { async renew() {} }],
    ["it only forgets the cookie", { end: async (_req, res) => void res.clearCookie("connect.sid") }],
    [
      "it takes the time of the request for that of the proof",
      {
        async current(req) {
          const found = await whole.current(req);
          return found === null ? null : { ...found, authenticatedAt: now() };
        },
      },
    ],
    ["it keeps one code for everybody", sharedCode()],
  ];

  test.each(faults.map(([name, fault]) => ({ name: `found out: ${name}`, fault })))(
    "$name",
    async ({ fault }) => {
      const broken = { ...around, sessions: { ...whole, ...fault } };
      const outcomes = await Promise.allSettled(sessionPromises(broken).map(({ run }) => run()));
      const names = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.name] : []));
      expect(names).toContain("AssertionError");
    },
  );
});

function sharedCode(): Pick<SessionPort, "pendingOtp" | "keepPendingOtp"> {
  let kept: Awaited<ReturnType<SessionPort["pendingOtp"]>> = null;
  return {
    pendingOtp: async () => kept,
    async keepPendingOtp(_req, _res, pending) {
      kept = pending;
    },
  };
}
