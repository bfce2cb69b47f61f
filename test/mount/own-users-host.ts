/** An API with its own users table, its own prefix, its own error format, and a body parser in front of everything. */
import express, { type ErrorRequestHandler } from "express";
import { AppError } from "../../server/http/errors.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import type { UserDirectory } from "../../server/passkeys/ports/users.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import type { EmulatorFor } from "../kit/emulator-for.ts";
import { commonOptions, type Host, member } from "./host.ts";

export async function startOwnUsersHost(kit: EmulatorFor): Promise<Host> {
  const storage = await kit.openStorage();
  const customers = createCustomers();
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "only the tests of this host know it",
    secure: false,
    now: kit.now,
  });
  const users: UserDirectory = {
    findById: async (userId) => {
      const customer = customers.byNumber(userId);
      return customer === undefined ? null : { id: customer.number, email: customer.mail };
    },
    findOrCreateByEmail: async (email) => ({ id: customers.byMail(email).number, email }),
  };
  const options = { ...commonOptions(kit, storage, sessions), users };
  const requireStepUp = createStepUpGuard(options);

  const app = express();
  app.use(express.json({ limit: "5mb" }));
  app.use(sessions.middleware);
  app.use("/v1/account/auth", createPasskeysRouter(options));
  app.get("/v1/me", async (req, res) => {
    const session = await sessions.current(req);
    res.json({ customer: session === null ? null : customers.byNumber(session.userId) });
  });
  app.post("/v1/echo", (req, res) => void res.json({ echo: req.body }));
  app.post(
    "/v1/transfers",
    requireStepUp("transfer-funds", (req) => ({ amount: req.body.amount })),
    (req, res) => void res.status(201).json({ transferred: req.body.amount }),
  );
  const ownErrors: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
    const [status, code] = error instanceof AppError ? [error.status, error.code] : [500, "unknown"];
    res.status(status).json({ failure: { reason: code } });
  };
  app.use(ownErrors);

  return {
    prefix: "/v1/account/auth",
    agent: () => kit.agent(app),
    codeOf: (body) => member(body, "failure", "reason"),
  };
}

interface Customer {
  readonly number: string;
  readonly mail: string;
}

function createCustomers() {
  const rows: Customer[] = [];
  return {
    byNumber: (number: string) => rows.find((row) => row.number === number),
    byMail(mail: string): Customer {
      const known = rows.find((row) => row.mail === mail);
      const customer = known ?? { number: `C-${1000 + rows.length}`, mail };
      if (known === undefined) rows.push(customer);
      return customer;
    },
  };
}
