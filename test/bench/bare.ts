/** What single routes are measured against: the same SDK call, the same session store, and nothing around them. */
import { randomUUID } from "node:crypto";
import { Authsignal } from "@authsignal/node";
import express, { type Express } from "express";
import session, { type Store } from "express-session";

export function createBareHandlers(apiSecretKey: string, apiUrl: string): Express {
  const authsignal = new Authsignal({ apiSecretKey, apiUrl, retries: 0 });
  const app = express();
  app.use(express.json());
  app.post("/api/enroll-token", async (_req, res) => {
    const { token } = await authsignal.track({
      userId: "someone",
      action: "enroll-passkey",
      attributes: { scope: "add:authenticators", idempotencyKey: randomUUID(), email: "someone@example.com" },
    });
    res.json({ token });
  });
  app.post("/api/validate", async (req, res) => {
    const { isValid } = await authsignal.validateChallenge({
      token: req.body.token,
      action: "sign-in-with-passkey",
    });
    res.json({ isValid });
  });
  return app;
}

declare module "express-session" {
  interface SessionData {
    vendorUserId?: string;
  }
}

/** The shape of the vendor's documentation: one call, and a session of express-session in memory. */
export function createVendorApp(apiSecretKey: string, apiUrl: string): Express {
  const authsignal = new Authsignal({ apiSecretKey, apiUrl, retries: 0 });
  const app = express();
  app.use(express.json());
  app.use(session({ secret: randomUUID(), resave: false, saveUninitialized: false }));
  app.post("/enroll-token", async (req, res) => {
    const { token } = await authsignal.track({
      userId: req.body.user,
      action: "enroll-passkey",
      attributes: { scope: "add:authenticators" },
    });
    res.json({ token });
  });
  app.post("/validate", async (req, res) => {
    const { token, action } = req.body;
    const { isValid, userId } = await authsignal.validateChallenge({ token, action });
    if (!isValid) return void res.sendStatus(401);
    await new Promise<void>((resolve, reject) =>
      req.session.regenerate((error) => (error ? reject(error) : resolve())),
    );
    if (userId !== undefined) req.session.vendorUserId = userId;
    res.json({ isValid });
  });
  return app;
}

export function createPlainSession(store: Store): Express {
  const app = express();
  app.use(session({ secret: "s", resave: false, saveUninitialized: false, store }));
  app.get("/sign-in", (req, res) => {
    Object.assign(req.session, { user: "u" });
    res.json({});
  });
  app.get(
    "/api/session",
    (req, res) => void res.json({ user: "user" in req.session ? req.session.user : null }),
  );
  return app;
}
