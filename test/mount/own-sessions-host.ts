/** An API that has express-session already, with a cookie, a store and a meaning of its own: it writes the port itself. */
import { randomUUID } from "node:crypto";
import express, { type Request } from "express";
import session from "express-session";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createLogger } from "../../server/http/log.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import type { PendingOtp, SessionPort, SignedIn } from "../../server/passkeys/ports/sessions.ts";
import { captureLog } from "../kit/captured-log.ts";
import type { EmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions, type Host, member } from "./host.ts";

declare module "express-session" {
  interface SessionData {
    member?: SignedIn;
    code?: PendingOtp;
    basket?: string[];
  }
}

export async function startOwnSessionsHost(kit: EmulatorFor): Promise<Host> {
  const storage = await kit.openStorage();
  const options = commonOptions(kit, storage, ownSessions(kit.now));
  const requireStepUp = createStepUpGuard(options);

  const app = express();
  app.use(session({ name: "shop", secret: "of the shop", resave: false, saveUninitialized: true }));
  app.use("/api", createPasskeysRouter(options));
  app.post("/basket", express.json(), (req, res) => {
    req.session.basket = [...(req.session.basket ?? []), String(req.body.article)];
    res.json({ basket: req.session.basket });
  });
  app.get("/v1/me", (req, res) => void res.json({ customer: req.session.member?.userId ?? null }));
  app.post("/v1/echo", express.json(), (req, res) => void res.json({ echo: req.body }));
  app.post(
    "/v1/transfers",
    express.json(),
    requireStepUp("transfer-funds", (req) => ({ amount: req.body.amount })),
    (req, res) => void res.status(201).json({ transferred: req.body.amount }),
  );
  app.use(createErrorHandler(createLogger(captureLog().destination)));
  return { prefix: "/api", agent: () => kit.agent(app), codeOf: (body) => member(body, "code") };
}

/** The port over a session that the host had before: its members live beside the host's own. */
function ownSessions(now: () => Date): SessionPort {
  return {
    async current(req) {
      const { member: signedIn } = req.session;
      if (signedIn === undefined) return null;
      return { ...signedIn, authenticatedAt: new Date(signedIn.authenticatedAt) };
    },
    async start(req, _res, { userId, method }) {
      await rotate(req);
      req.session.member = { id: randomUUID(), userId, method, authenticatedAt: now() };
    },
    async renew(req, _res, { method }) {
      const { member: signedIn } = req.session;
      if (signedIn === undefined) throw new Error("Nobody is signed in.");
      await rotate(req);
      req.session.member = { ...signedIn, method, authenticatedAt: now() };
    },
    async end(req, res) {
      await new Promise<void>((resolve, reject) =>
        req.session.destroy((error: unknown) => (error ? reject(error) : resolve())),
      );
      res.clearCookie("shop");
    },
    async pendingOtp(req) {
      const { code } = req.session;
      if (code === undefined) return null;
      return { ...code, sentAt: new Date(code.sentAt), expiresAt: new Date(code.expiresAt) };
    },
    async keepPendingOtp(req, _res, pending) {
      if (pending === null) delete req.session.code;
      else req.session.code = pending;
    },
  };
}

function rotate(req: Request): Promise<void> {
  return new Promise((resolve, reject) =>
    req.session.regenerate((error: unknown) => (error ? reject(error) : resolve())),
  );
}
