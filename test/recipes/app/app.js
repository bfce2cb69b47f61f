import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createCookieSessions,
  createErrorHandler,
  createPasskeysRouter,
  createSdkGateway,
  createSqlUsers,
  openStorage,
} from "authsignal-passkeys-express";
import express from "express";

/** An app as small as can be: what the recipes test. */
export async function createApp({ tenantId, apiSecretKey, apiUrl, allowEmulator = false, now }) {
  const file = join(await mkdtemp(join(tmpdir(), "app-")), "app.sqlite");
  const storage = await openStorage({ file, now });
  const secret = "only the tests of this app know it";
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure: false, now });
  const app = express();
  app.use(sessions.middleware);
  app.use(
    "/auth",
    createPasskeysRouter({
      authsignal: createSdkGateway({ apiSecretKey, apiUrl, allowEmulator }),
      users: createSqlUsers(storage.accounts, now),
      sessions,
      storage,
      browser: { tenantId, baseUrl: apiUrl, rpId: "localhost" },
      origins: ["http://localhost:3000"],
      now,
    }),
  );
  app.use(createErrorHandler(console));
  return app;
}
