/** An API that has a password login and keeps it. Its sessions are started through the port, under a method of its own. */
import { randomUUID } from "node:crypto";
import express, { type Express } from "express";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import {
  createPasskeysRouter,
  createStepUpGuard,
  type PasskeysOptions,
  type PasskeysOptionsWithoutCodes,
  type SecurityEvent,
} from "../../server/passkeys/index.ts";
import type { UserDirectory } from "../../server/passkeys/ports/users.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import type { EmulatorFor } from "../kit/emulator-for.ts";
import type { Agent } from "../kit/flows.ts";
import { commonOptions } from "./host.ts";

export interface Account {
  id: string;
  email: string;
  /** Whether a mail to this address has ever been answered. */
  isVerified: boolean;
}

export interface PasswordHost {
  readonly app: Express;
  readonly accounts: Account[];
  readonly events: readonly SecurityEvent[];
  /** The lines of the host's log. */
  readonly lines: readonly object[];
  agent(): Agent;
  /** Registers an address with a password: nothing proves that it is the person's. */
  register(account: Partial<Account>): Account;
  /** Signs in by a method of the host's. */
  signIn(agent: Agent, account: Account, method?: string): Promise<void>;
}

export async function startPasswordHost(
  kit: EmulatorFor,
  changes: (
    common: PasskeysOptions,
    accounts: Account[],
    add: (account: Partial<Account>) => Account,
  ) => PasskeysOptions | PasskeysOptionsWithoutCodes = (common) => common,
): Promise<PasswordHost> {
  const storage = await kit.openStorage();
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "only the tests of this host know it",
    secure: false,
    now: kit.now,
  });
  const accounts: Account[] = [];
  const events: SecurityEvent[] = [];
  const lines: object[] = [];
  const users: UserDirectory = {
    findById: async (id) => accounts.find((account) => account.id === id) ?? null,
    findOrCreateByEmail: async (email) =>
      accounts.find((account) => account.email === email) ?? register({ email, isVerified: true }),
  };
  const common = {
    ...commonOptions(kit, storage, sessions),
    users,
    onEvent: (event: SecurityEvent) => void events.push(event),
  };
  const options = changes(common, accounts, register);

  function register(account: Partial<Account>): Account {
    const made = { id: randomUUID(), email: kit.newAddress(), isVerified: false, ...account };
    accounts.push(made);
    return made;
  }

  const app = express();
  app.use(sessions.middleware);
  app.post("/login", express.json(), async (req, res) => {
    await sessions.start(req, res, { userId: req.body.id, method: req.body.method });
    res.status(204).end();
  });
  app.use("/auth", createPasskeysRouter(options));
  const requireStepUp = createStepUpGuard(options);
  app.post("/transfers", requireStepUp("transfer-funds"), (_req, res) => void res.status(201).end());
  const guardEnrolled = requireStepUp("transfer-funds", undefined, { ifEnrolled: true });
  app.delete("/me", guardEnrolled, (_req, res) => void res.status(204).end());
  app.use(createErrorHandler({ error: (line) => void lines.push(line) }));
  const agent = () => kit.agent(app);
  return {
    app,
    accounts,
    events,
    lines,
    agent,
    register,
    async signIn(browser, { id }, method = "password") {
      await browser.post("/login").send({ id, method }).expect(204);
    },
  };
}
