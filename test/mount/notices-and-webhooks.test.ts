import express from "express";
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createCookieSessions,
  createErrorHandler,
  createKnownBrowserCookie,
  createPasskeysRouter,
  type KeptNotices,
} from "../../server/index.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { openTestStorage, type TestStorage } from "../kit/test-storage.ts";
import { type MailCatcher, startMailCatcher } from "../server/notices/mail-catcher.ts";
import { commonOptions } from "./host.ts";
import { addNotices } from "./notices-and-webhooks.ts";

const secret = "only the tests of this host know it";

let kit: EmulatorFor;
let storage: TestStorage;
let catcher: MailCatcher;
let notices: KeptNotices;
let app: express.Express;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
  storage = await openTestStorage(kit.now);
  catcher = await startMailCatcher("takes");
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    index: storage.sessionIndex,
    secret,
    secure: false,
    now: kit.now,
  });
  const knownBrowsers = createKnownBrowserCookie({
    store: storage.knownBrowsers,
    secure: false,
    now: kit.now,
  });
  const common = { ...commonOptions(kit, storage, sessions), knownBrowsers };
  app = express();
  const added = await addNotices(app, { common, storage, smtpUrl: catcher.url, secret });
  notices = added.notices;
  app.use(express.json(), sessions.middleware);
  app.use("/auth", createPasskeysRouter(added.options));
  app.use(createErrorHandler({ error: () => {} }));
});
afterAll(async () => {
  await notices?.close();
  catcher?.close();
  await storage?.close();
  await kit?.close();
});

test("A host's app mails a notice of a new passkey, and the link in it removes that passkey", async () => {
  const agent = kit.agent(app);
  const { email } = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, createSoftAuthenticator());
  await notices.flush();
  const heard = catcher.heard().replaceAll("=\r\n", "").replaceAll("=3D", "=");
  expect(heard).toContain(`RCPT TO:<${email}>`);
  const link = /https:\/\/app\.example\.com(\/auth\/not-me\?token=[\w.-]+)/.exec(heard)?.[1] ?? "";
  const page = await request(app).get(link).expect(200);
  const token = /name="token" value="([\w.-]+)"/.exec(page.text)?.[1];
  await request(app).post("/auth/not-me/confirm").type("form").send({ token }).expect(200);
  expect((await agent.get("/auth/session").expect(200)).body.user).toBeNull();
  await kit.signInWithOtp(agent, email);
  expect((await agent.get("/auth/passkeys").expect(200)).body).toEqual([]);
});

test("A host's app refuses a webhook without a signature, also with JSON parsed behind it", async () => {
  await request(app).post("/authsignal/webhooks").send({ type: "authenticator.deleted" }).expect(401);
});
