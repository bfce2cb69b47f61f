import {
  createCookieSessions,
  createErrorHandler,
  createPasskeysRouter,
  createSdkGateway,
  createSqlUsers,
  createStepUpGuard,
  openStorage,
  type PasskeysOptions,
} from "authsignal-passkeys-express";
import express, { type Express } from "express";

export interface Settings {
  /** From the Authsignal portal, or of the emulator. */
  readonly tenantId: string;
  readonly apiSecretKey: string;
  readonly apiUrl: string;
  /** Whether apiUrl may be an emulator's. Never in production. Default false. */
  readonly allowEmulator?: boolean;
  /** Where people open your pages. */
  readonly origin: string;
  readonly rpId: string;
  readonly sessionSecret: string;
  readonly databaseFile: string;
  readonly now?: () => Date;
}

export async function createApp(settings: Settings): Promise<Express> {
  const { tenantId, apiSecretKey, apiUrl, allowEmulator = false, origin, rpId } = settings;
  const { now = () => new Date() } = settings;
  const storage = await openStorage({ file: settings.databaseFile, now });
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    index: storage.sessionIndex,
    secret: settings.sessionSecret,
    secure: origin.startsWith("https:"),
    now,
  });
  const options: PasskeysOptions = {
    authsignal: createSdkGateway({ apiSecretKey, apiUrl, allowEmulator }),
    users: createSqlUsers(storage.accounts, now),
    sessions,
    storage,
    browser: { tenantId, baseUrl: apiUrl, rpId },
    origins: [origin],
    stepUpActions: ["transfer-funds"],
    now,
  };
  const requireStepUp = createStepUpGuard(options);

  const app = express();
  // One proxy ends TLS in front of the app: without this line no Secure cookie can be set.
  if (origin.startsWith("https:")) app.set("trust proxy", 1);
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(options));

  app.get("/orders", (req, res, next) => {
    sessions
      .current(req)
      .then((session) => {
        if (session === null) res.status(401).json({ error: "sign in first" });
        else res.json({ ordersOf: session.userId });
      })
      .catch(next);
  });
  app.post(
    "/transfers",
    express.json(),
    requireStepUp("transfer-funds", (req) => ({ amount: req.body.amount })),
    (req, res) => {
      res.status(201).json({ transferred: req.body.amount });
    },
  );

  app.use(createErrorHandler(console));
  return app;
}
