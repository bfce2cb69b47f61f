/** A host whose own routes refuse limited sessions, as FITTING-IN.md shows it. */
import express, { type Express } from "express";
import {
  type CookieSessions,
  createErrorHandler,
  createPasskeyGuard,
  createPasskeysRouter,
  type PasskeysOptions,
} from "../../server/index.ts";

/** @param common the router's options, without `afterCode` */
export function createHost(common: PasskeysOptions, sessions: CookieSessions): Express {
  const app = express();
  const options: PasskeysOptions = { ...common, afterCode: "limited" };
  const requirePasskey = createPasskeyGuard(options);
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(options));
  app.get("/statements", requirePasskey(), (_req, res) => void res.json({ statements: [] }));
  app.use(createErrorHandler(console));
  return app;
}
