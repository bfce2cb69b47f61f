/** An API that issues bearer tokens: no cookies anywhere. */
import express, { type Express } from "express";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createLogger } from "../../server/http/log.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import type { SessionPort } from "../../server/passkeys/ports/sessions.ts";
import { createBearerSessions } from "../../server/sessions/bearer-sessions.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { captureLog } from "../kit/captured-log.ts";
import type { EmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions, type Host, member } from "./host.ts";

export interface BearerHost extends Host {
  readonly app: Express;
  readonly sessions: SessionPort;
  readonly storage: Storage;
}

export async function startBearerHost(kit: EmulatorFor): Promise<BearerHost> {
  const storage = await kit.openStorage();
  const sessions = createBearerSessions({ store: storage.sessionStore, now: kit.now });
  const options = commonOptions(kit, storage, sessions);
  const requireStepUp = createStepUpGuard(options);

  const app = express();
  app.use("/mobile/v2", createPasskeysRouter(options));
  app.get("/v1/me", async (req, res) => {
    res.json({ customer: (await sessions.current(req))?.userId ?? null });
  });
  app.post("/v1/echo", express.json(), (req, res) => void res.json({ echo: req.body }));
  app.post(
    "/v1/transfers",
    express.json(),
    requireStepUp("transfer-funds", (req) => ({ amount: req.body.amount })),
    (req, res) => void res.status(201).json({ transferred: req.body.amount }),
  );
  app.use(createErrorHandler(createLogger(captureLog().destination)));
  return {
    app,
    sessions,
    storage,
    prefix: "/mobile/v2",
    agent: () => kit.bearerAgent(app),
    codeOf: (body) => member(body, "code"),
  };
}
