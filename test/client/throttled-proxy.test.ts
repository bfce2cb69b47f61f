/** The rate limit of the same-origin proxy of the Client API, as the SDK and a ceremony see it. */
import { createServer, type Server } from "node:http";
import { Authsignal } from "@authsignal/browser";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCeremonies } from "../../client/passkeys/ceremony.ts";
import { createClientApiProxy } from "../../server/authsignal/client-api-proxy.ts";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createLogger } from "../../server/http/log.ts";
import { captureLog } from "../kit/captured-log.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { closeServer, listen } from "../kit/listen.ts";

let kit: EmulatorFor;
let server: Server;
let browser: EmulatorFor["browser"];
beforeAll(async () => {
  kit = await startEmulatorFor();
  const { limiter } = await kit.openStorage();
  const { apiUrl } = kit.authsignal;
  const { tenantId } = kit.browser;
  const limit = { points: 1, seconds: 60 };
  const app = express();
  app.use(
    "/authsignal/v1",
    createClientApiProxy({ apiUrl, tenantId, origins: kit.origins, limiter, limit, allowEmulator: true }),
  );
  app.use(createErrorHandler(createLogger(captureLog().destination)));
  server = createServer(app);
  const { url } = await listen(server);
  browser = { ...kit.browser, baseUrl: `${url}/authsignal/v1` };
  const challenge = await new Authsignal(browser).passkey.api.challenge({ action: "sign-in-with-passkey" });
  expect(challenge).toHaveProperty("challengeId");
});
afterAll(async () => {
  await closeServer(server);
  await kit.close();
});

test("The SDK reports the proxy's rate limit as Authsignal's, and starts no ceremony", async () => {
  const answer = await new Authsignal(browser).passkey.signIn({ action: "sign-in-with-passkey" });
  expect(answer).toMatchObject({
    error: expect.stringContaining("Too many"),
    errorCode: "too_many_requests",
  });
});

test("A ceremony over a throttled proxy ends in `rateLimited`", async () => {
  const ceremonies = createCeremonies({ config: async () => browser });
  expect(await ceremonies.signIn()).toEqual({ kind: "rateLimited" });
});
