/** An API on Express 5 that issues JWTs: a password login, access tokens of 15 minutes, refresh tokens, no cookies. */
import {
  createErrorHandler,
  createJwtSessions,
  createPasskeysRouter,
  createSdkGateway,
  createStepUpGuard,
  type JwtClaims,
  openStorage,
  type PasskeysOptionsWithoutCodes,
} from "authsignal-passkeys-express";
import express, { type Express } from "express";
import { jwtVerify, SignJWT } from "jose";

export interface Settings {
  readonly authsignal: Parameters<typeof createSdkGateway>[0];
  readonly browser: PasskeysOptionsWithoutCodes["browser"];
  readonly origins: readonly string[];
  readonly databaseFile: string;
  readonly now: () => Date;
}

const accounts = [{ id: "7", email: "ann@example.com", password: "correct horse", role: "owner" }];
const accessKey = new TextEncoder().encode("the key of this API's access tokens");
const refreshKey = new TextEncoder().encode("the key of this API's refresh tokens");
const minutes = 60;
const days = 24 * 60 * minutes;

export async function createApp(settings: Settings): Promise<{ app: Express; close(): Promise<void> }> {
  const { now } = settings;
  const storage = await openStorage({
    file: settings.databaseFile,
    tables: { users: false, audit: false },
    now,
  });
  const sign = (claims: object, key: Uint8Array, seconds: number) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuedAt(now())
      .setExpirationTime(new Date(now().getTime() + seconds * 1000))
      .sign(key);
  const read = async (token: string, key: Uint8Array) =>
    (await jwtVerify(token, key, { algorithms: ["HS256"], currentDate: now() })).payload;

  const sessions = createJwtSessions({
    store: storage.sessionStore,
    absoluteSeconds: 30 * days,
    now,
    verify: (token) => read(token, accessKey),
    issue: async (claims: JwtClaims) => {
      const role = accounts.find(({ id }) => id === claims.sub)?.role;
      return {
        accessToken: await sign({ ...claims, role }, accessKey, 15 * minutes),
        refreshToken: await sign({ ...claims, role }, refreshKey, 30 * days),
      };
    },
  });
  const options: PasskeysOptionsWithoutCodes = {
    authsignal: createSdkGateway(settings.authsignal),
    browser: settings.browser,
    origins: settings.origins,
    storage,
    sessions,
    users: { findById: async (wanted) => accounts.find(({ id }) => id === wanted) ?? null },
    emailCodes: false,
    reauthenticationMethods: ["password"],
    stepUpActions: ["close-account"],
    now,
  };

  const app = express();
  app.use(express.json());
  app.use("/v2/auth", createPasskeysRouter(options), createErrorHandler(console));
  app.post("/v2/login", async (req, res) => {
    const { email, password } = req.body;
    const account = accounts.find((one) => one.email === email && one.password === password);
    if (account === undefined) return void res.status(401).json({ error: "wrong password" });
    res.json(await sessions.signIn(req, res, { userId: account.id, method: "password" }));
  });
  app.post("/v2/refresh", async (req, res) => {
    res.json(await sessions.refresh(req, res, read(req.body.refreshToken, refreshKey)));
  });
  // The signature alone, as this API has always done.
  app.get("/v2/role", async (req, res) => {
    const token = req.get("Authorization")?.replace("Bearer ", "") ?? "";
    const payload = await read(token, accessKey).catch(() => null);
    if (payload === null) return void res.status(401).json({ error: "no token" });
    res.json({ userId: payload.sub, role: payload.role });
  });
  app.get("/v2/orders", async (req, res) => {
    res.json({ ordersOf: (await sessions.current(req))?.userId ?? null });
  });
  const requireStepUp = createStepUpGuard(options);
  app.delete("/v2/account", requireStepUp("close-account"), (_req, res) => void res.json({ closed: true }));
  app.use(createErrorHandler(console));
  return { app, close: () => storage.close() };
}
