import express from "express";
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPasskeysRouter } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor();
});
afterAll(() => kit.close());

test("the OpenAPI description names the path of each request, not that of the first one", async () => {
  const storage = await kit.openStorage();
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "only the tests of this host know it",
    secure: false,
    now: kit.now,
  });
  const app = express();
  app.use(
    ["/first", "/second"],
    sessions.middleware,
    createPasskeysRouter(commonOptions(kit, storage, sessions)),
  );
  for (const path of ["/first", "/second", "/first"]) {
    const { body } = await request(app).get(`${path}/openapi.json`).expect(200);
    expect(body.servers).toEqual([{ url: path }]);
  }
});
