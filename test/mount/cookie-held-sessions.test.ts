/** A host whose whole session is in its cookie, as cookie-session and iron-session keep it: `createJwtSessions` over it. */
import { sign, unsign } from "cookie-signature";
import express, { type Express, type Request, type RequestHandler } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { readCookies } from "../../server/http/headers/cookies.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import { createExpressSessionPort } from "../../server/sessions/express-session-port.ts";
import { createJwtSessions } from "../../server/sessions/jwt-sessions.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";

interface Kept {
  userId?: string;
  basket?: string[];
  passkeys?: string;
}

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
});
afterAll(() => kit.close());

const sessionIn = (req: Request): Kept | null | undefined => Object(req).session;

function startHost(storage: Storage): Express {
  const sessions = createJwtSessions({
    store: storage.sessionStore,
    readToken: (req) => sessionIn(req)?.passkeys,
    verify: (token) => JSON.parse(token),
    issue(claims, { req }) {
      const kept = { ...sessionIn(req), userId: claims.sub, passkeys: JSON.stringify(claims) };
      Object.assign(req, { session: kept });
      return {};
    },
    end: (_claims, { req }) => void Object.assign(req, { session: null }),
    now: kit.now,
  });
  const options = {
    ...commonOptions(kit, storage, sessions),
    users: { findById: async (id: string) => ({ id, email: `${id}@example.com` }) },
    emailCodes: false as const,
    reauthenticationMethods: ["password"],
  };
  const app = express();
  app.use(cookieHeldSession);
  app.use("/auth", createPasskeysRouter(options));
  app.post("/login", express.json(), async (req, res) => {
    res.json(await sessions.signIn(req, res, { userId: req.body.userId, method: "password" }));
  });
  app.post("/basket", (req, res) => {
    Object.assign(req, { session: { ...sessionIn(req), basket: ["tea"] } });
    res.json({});
  });
  app.get("/me", async (req, res) => {
    const { userId = null, basket = [] } = sessionIn(req) ?? {};
    res.json({ userId, basket, current: (await sessions.current(req))?.userId ?? null });
  });
  app.post("/transfers", createStepUpGuard(options)("transfer-funds"), (_req, res) => void res.json({}));
  app.use(createErrorHandler({ error: () => {} }));
  return app;
}

const secret = "only the tests of this host know it";

/** The cookie is the session: what the handlers leave in `req.session` goes out with the headers. */
const cookieHeldSession: RequestHandler = (req, res, next) => {
  const given = readCookies(req, "held")[0];
  const read = given === undefined ? false : unsign(given, secret);
  const kept = read === false ? {} : JSON.parse(Buffer.from(read, "base64url").toString());
  Object.assign(req, { session: kept });
  const writeHead = res.writeHead.bind(res);
  res.writeHead = (...head: never[]) => {
    const text = Buffer.from(JSON.stringify(sessionIn(req) ?? {})).toString("base64url");
    res.append(
      "Set-Cookie",
      `held=${encodeURIComponent(sign(text, secret))}; Path=/; HttpOnly; SameSite=Lax`,
    );
    return Reflect.apply(writeHead, res, head);
  };
  next();
};

test("A session that its cookie holds signs in by passkey, confirms, keeps its members and ends for old copies too", async () => {
  const app = startHost(await kit.openStorage());
  const authenticator = createSoftAuthenticator();
  const desktop = kit.agent(app);
  await desktop.post("/login").send({ userId: "7" }).expect(200);
  await kit.enrollPasskey(desktop, authenticator);

  const phone = kit.agent(app);
  await kit.signInWithPasskey(phone, authenticator);
  await phone.post("/basket").expect(200);
  await phone.post("/transfers").expect(403);
  await kit.stepUp(phone, authenticator, { action: "transfer-funds" });
  const me = await phone.get("/me").expect(200, { userId: "7", basket: ["tea"], current: "7" });
  await phone.post("/transfers").expect(200);

  const copy = (me.get("Set-Cookie") ?? []).join("; ");
  const replay = async () => (await kit.agent(app).get("/me").set("Cookie", copy).expect(200)).body.current;
  expect(await replay()).toBe("7");
  await phone.delete("/auth/session").expect(204);
  await phone.get("/me").expect(200, { userId: null, basket: [], current: null });
  expect(await replay()).toBeNull();
});

test("createExpressSessionPort over a session that its cookie holds says which port takes it", async () => {
  const lines: object[] = [];
  const sessions = createExpressSessionPort({
    read: ({ userId }: Kept) => userId,
    write: (kept: Kept, userId) => Object.assign(kept, { userId }),
  });
  const app = express();
  app.use(cookieHeldSession);
  app.get("/me", async (req, res) => void res.json(await sessions.current(req)));
  app.use(createErrorHandler({ error: (line: object) => void lines.push(line) }));
  await kit.agent(app).get("/me").expect(500);
  expect(JSON.stringify(lines)).toContain("createJwtSessions");
});
