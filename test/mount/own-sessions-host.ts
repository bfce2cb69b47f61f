/** An API that has express-session already, with a cookie, a store and members of its own, which it keeps. */
import express from "express";
import session from "express-session";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createLogger } from "../../server/http/log.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import { createExpressSessionPort } from "../../server/sessions/express-session-port.ts";
import { captureLog } from "../kit/captured-log.ts";
import type { EmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions, type Host, member } from "./host.ts";

interface Kept {
  customer?: string;
}

export async function startOwnSessionsHost(kit: EmulatorFor): Promise<Host> {
  const storage = await kit.openStorage();
  const sessions = createExpressSessionPort({
    read: (kept: Kept) => kept.customer,
    write: (kept: Kept, userId) => {
      kept.customer = userId;
    },
    cookieName: "shop",
    now: kit.now,
  });
  const options = commonOptions(kit, storage, sessions);
  const requireStepUp = createStepUpGuard(options);

  const app = express();
  app.use(session({ name: "shop", secret: "of the shop", resave: false, saveUninitialized: true }));
  app.use("/api", createPasskeysRouter(options));
  app.get("/v1/me", (req, res) => {
    const kept: Kept = Object(req.session);
    res.json({ customer: kept.customer ?? null });
  });
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
