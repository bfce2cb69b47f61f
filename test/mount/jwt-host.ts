/** An API with a password login that issues JWTs: access tokens of a quarter of an hour, and refresh tokens. No cookies. */
import express, { type Express } from "express";
import { jwtVerify, SignJWT } from "jose";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import type { JwtClaims } from "../../server/sessions/jwt-claims.ts";
import { createJwtSessions } from "../../server/sessions/jwt-sessions.ts";
import type { Storage } from "../../server/storage/storage.ts";
import type { EmulatorFor } from "../kit/emulator-for.ts";
import type { Agent } from "../kit/flows.ts";
import { commonOptions } from "./host.ts";

const minutes = 60;
const days = 24 * 60 * minutes;
const accessKey = new TextEncoder().encode("the key of this host's access tokens");
const refreshKey = new TextEncoder().encode("the key of this host's refresh tokens");

export interface JwtHost {
  readonly app: Express;
  readonly storage: Storage;
  readonly lines: readonly object[];
  /** A client that keeps the access token of every answer. */
  agent(): Agent;
  newAccount(): { readonly id: string; readonly email: string; readonly password: string };
}

export async function startJwtHost(kit: EmulatorFor): Promise<JwtHost> {
  const { now } = kit;
  const storage = await kit.openStorage();
  const accounts: { id: string; email: string; password: string }[] = [];
  const lines: object[] = [];
  const app = express();

  // The host's own functions, as they were before the router.
  const sign = (claims: object, key: Uint8Array, seconds: number) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuedAt(now())
      .setExpirationTime(new Date(now().getTime() + seconds * 1000))
      .sign(key);
  const read = async (token: string, key: Uint8Array) =>
    (await jwtVerify(token, key, { algorithms: ["HS256"], currentDate: now() })).payload;
  const checkPassword = (body: { email: string; password: string }) =>
    accounts.find(({ email, password }) => email === body.email && password === body.password);

  // #region beyond the mount
  const sessions = createJwtSessions({
    store: storage.sessionStore,
    absoluteSeconds: 30 * days,
    now,
    verify: (token) => read(token, accessKey),
    issue: async (claims: JwtClaims) => ({
      accessToken: await sign(claims, accessKey, 15 * minutes),
      refreshToken: await sign(claims, refreshKey, 30 * days),
    }),
  });
  // #endregion

  const options = {
    ...commonOptions(kit, storage, sessions),
    users: {
      findById: async (id: string) => accounts.find((account) => account.id === id) ?? null,
      findOrCreateByEmail: async (email: string) =>
        accounts.find((account) => account.email === email) ?? newAccount(email),
    },
  };
  app.use(express.json());
  app.use("/auth", createPasskeysRouter(options));

  app.post("/login", async (req, res) => {
    const account = checkPassword(req.body);
    if (account === undefined) return void res.status(401).json({ error: "wrong password" });
    const tokens = await sessions.signIn(req, res, { userId: account.id, method: "password" }); // beyond the mount
    res.json(tokens);
  });
  app.post("/refresh", async (req, res) => {
    const payload = read(req.body.refreshToken, refreshKey);
    res.json(await sessions.refresh(req, res, payload)); // beyond the mount
  });
  app.get("/orders", async (req, res) => {
    const session = await sessions.current(req); // beyond the mount
    res.json({ ordersOf: session?.userId ?? null });
  });

  const requireStepUp = createStepUpGuard(options);
  app.delete("/account", requireStepUp("transfer-funds"), (_req, res) => void res.status(204).end());
  app.use(createErrorHandler({ error: (line) => void lines.push(line) }));

  function newAccount(email = kit.newAddress()) {
    const account = { id: String(accounts.length + 1), email, password: "correct horse" };
    accounts.push(account);
    return account;
  }
  return {
    app,
    storage,
    lines,
    newAccount: () => newAccount(),
    agent: () =>
      kit.bearerAgent(app, {
        tokenIn: (body: { accessToken?: string; tokens?: { accessToken?: string } }) =>
          body.tokens?.accessToken ?? body.accessToken,
      }),
  };
}
