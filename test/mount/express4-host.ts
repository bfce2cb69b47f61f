/** An existing API on Express 4, which forwards no rejected promise: whatever fails must reach `next` by itself. */
import { createRequire } from "node:module";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createLogger } from "../../server/http/log.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { captureLog } from "../kit/captured-log.ts";
import type { EmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions, type Host, member } from "./host.ts";

/** Its own types are of another @types/express: what these tests use of it is the same in both. */
const express4 = createRequire(import.meta.url)("express4") as typeof import("express");

export async function startExpress4Host(kit: EmulatorFor): Promise<Host> {
  const storage = await kit.openStorage();
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "only the tests of this host know it",
    secure: false,
    now: kit.now,
  });
  const options = commonOptions(kit, storage, sessions);
  const requireStepUp = createStepUpGuard(options);

  const app = express4();
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(options));
  app.get("/v1/me", (req, res, next) => {
    sessions
      .current(req)
      .then((session) => res.json({ customer: session?.userId ?? null }))
      .catch(next);
  });
  app.post("/v1/echo", express4.json(), (req, res) => void res.json({ echo: req.body }));
  app.post(
    "/v1/transfers",
    express4.json(),
    requireStepUp("transfer-funds", (req) => ({ amount: req.body.amount })),
    (req, res) => void res.status(201).json({ transferred: req.body.amount }),
  );
  app.use(createErrorHandler(createLogger(captureLog().destination)));
  return { prefix: "/auth", agent: () => kit.agent(app), codeOf: (body) => member(body, "code") };
}
