/** The app that README.md shows. */
import type { Express, RequestHandler } from "express";
import {
  createCookieSessions,
  createPasskeysRouter,
  createSdkGateway,
  createSqlUsers,
  createStepUpGuard,
  openStorage,
  type PasskeysOptions,
} from "../../server/index.ts";

export interface Around {
  readonly app: Express;
  readonly tenant: Parameters<typeof createSdkGateway>[0];
  readonly browser: PasskeysOptions["browser"];
  readonly secret: string;
  readonly secure: boolean;
  readonly now: () => Date;
  readonly transfer: RequestHandler;
}

/** @returns what closes the database */
export async function mountAsInReadme(around: Around): Promise<() => Promise<void>> {
  const { app, tenant, browser, secret, secure, now, transfer } = around;
  const storage = await openStorage({ file: "app.sqlite", now });
  const sessions = createCookieSessions({ store: storage.sessionStore, secret, secure, now });
  const passkeys: PasskeysOptions = {
    authsignal: createSdkGateway(tenant),
    users: createSqlUsers(storage.accounts, now),
    sessions,
    storage,
    browser,
    origins: ["https://app.example.com"],
    stepUpActions: ["transfer-funds"],
  };
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(passkeys));
  app.post("/transfers", createStepUpGuard(passkeys)("transfer-funds"), transfer);
  return () => storage.close();
}
