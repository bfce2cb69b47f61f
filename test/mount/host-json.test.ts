/** The router in an app that changes how Express writes JSON: the router's bodies stay those of the contract. */
import express, { type RequestHandler } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPasskeysRouter } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { commonOptions } from "./host.ts";

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
});
afterAll(() => kit?.close());

const wrapInData: RequestHandler = (_req, res, next) => {
  const json = res.json.bind(res);
  res.json = (data) => json({ data });
  next();
};

/** As a host writes every member in snake case. */
const toSnakeCase = (_key: string, value: unknown) =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
          member,
        ]),
      );

test.each([
  ["wraps every body in `data`", (app: express.Express) => app.use(wrapInData), { data: { orderId: 7 } }],
  [
    "writes members in snake case",
    (app: express.Express) => app.set("json replacer", toSnakeCase),
    { order_id: 7 },
  ],
])("A host that %s does so in its own routes, and a passkey signs in", async (_, change, answer) => {
  const storage = await kit.openStorage();
  const secret = "only the tests of this host know it";
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: false, now: kit.now });
  const app = express();
  change(app);
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(commonOptions(kit, storage, sessions)));
  app.get("/orders", (_req, res) => void res.json({ orderId: 7 }));

  const agent = kit.agent(app);
  await agent.get("/orders").expect(200, answer);
  const authenticator = createSoftAuthenticator();
  const user = await kit.signInWithOtp(agent);
  await kit.enrollPasskey(agent, authenticator);
  expect(await kit.signInWithPasskey(kit.agent(app), authenticator)).toEqual(user);
  const config = await agent.get("/auth/config").expect(200);
  expect(config.type).toBe("application/json");
  expect(config.body).toMatchObject({ tenantId: kit.browser.tenantId });
  const description = await agent.get("/auth/openapi.json").expect(200);
  expect(description.body).toMatchObject({ openapi: expect.any(String), servers: [{ url: "/auth" }] });
});
