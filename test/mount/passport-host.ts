/**
 * An API on Express 4 that is made in one go, as `module.exports = app` is: a password login as passport does it, a store
 * of its own for express-session, numbers as ids, a basket, a CSRF secret, errors of its own. No codes by e-mail.
 */
import { createRequire } from "node:module";
import type { ErrorRequestHandler, Express, Request, RequestHandler } from "express";
import session, { type Store } from "express-session";
import { createSdkGateway } from "../../server/authsignal/sdk-gateway.ts";
import { AppError } from "../../server/http/errors.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import { createExpressSessionPort } from "../../server/sessions/express-session-port.ts";
import { type LazyStorage, openStorageLazily } from "../../server/storage/lazy-storage.ts";
import type { EmulatorFor } from "../kit/emulator-for.ts";

const express4 = createRequire(import.meta.url)("express4") as typeof import("express");

export interface Person {
  readonly id: number;
  readonly email: string;
  readonly password: string;
  /** Whether a mail to the address has been answered. */
  isVerified: boolean;
}

/** What this host keeps in its sessions. */
interface Kept {
  passport?: { user: number };
  basket?: string[];
  csrfSecret?: string;
}

export interface PassportHost {
  readonly app: Express;
  readonly storage: LazyStorage;
}

/** Not async: the storage opens with the first request. */
export function createPassportHost(
  kit: EmulatorFor,
  people: readonly Person[],
  { store, databaseFile }: { readonly store: Store; readonly databaseFile: string },
): PassportHost {
  const app = express4();
  app.use(session({ secret: "of this host", resave: false, saveUninitialized: false, store }));
  const storage = openStorageLazily({
    file: databaseFile,
    tables: { users: false, sessions: false, audit: false },
    now: kit.now,
  });

  const findPerson = (id: number) => people.find((person) => person.id === id);

  // #region beyond the mount
  const sessions = createExpressSessionPort({
    read: (kept: Kept) => kept.passport?.user,
    write: (kept: Kept, userId) => Object.assign(kept, { passport: { user: Number(userId) } }),
    keepAtSignIn: ["basket"],
    now: kit.now,
  });
  const users = {
    async findById(id: string) {
      const person = findPerson(Number(id));
      return person?.isVerified ? { id, email: person.email } : null;
    },
  };
  // #endregion

  const options = {
    authsignal: createSdkGateway(kit.authsignal),
    browser: kit.browser,
    origins: kit.origins,
    storage,
    users,
    sessions,
    emailCodes: false as const,
    reauthenticationMethods: ["password"],
    stepUpActions: ["clear-orders"],
    now: kit.now,
  };
  app.use("/api/v1/passkeys", createPasskeysRouter(options));
  const requireStepUp = createStepUpGuard(options);

  app.use(express4.json());
  app.use(csrf);
  const login = passwordLogin(people);
  const recordProof = sessions.recordProof("password"); // beyond the mount
  app.post("/login", login, recordProof, (req, res) => void res.json({ user: userOf(req) }));
  app.post("/logout", (req, res, next) => {
    sessions.end(req, res).then(() => res.json({}), next); // beyond the mount
  });
  const guard = requireStepUp("clear-orders", undefined, { ifEnrolled: true }); // beyond the mount
  app.delete("/orders", guard, (_req, res) => void res.json({ orders: [] }));
  app.get("/me", (req, res) => void res.json({ user: userOf(req), basket: keptBy(req).basket ?? [] }));
  app.post("/basket", (req, res) => {
    const kept = keptBy(req);
    kept.basket = [...(kept.basket ?? []), String(req.body.article)];
    res.json({ basket: kept.basket });
  });
  app.use(ownErrors);
  return { app, storage };
}

function keptBy(req: Request): Kept {
  return req.session as Kept;
}

function userOf(req: Request): number | null {
  return keptBy(req).passport?.user ?? null;
}

/** As `passport.authenticate("local")` does: checks the password, begins a new session, writes `passport` into it. */
function passwordLogin(people: readonly Person[]): RequestHandler {
  return (req, res, next) => {
    const { email, password } = req.body;
    const person = people.find((one) => one.email === email && one.password === password);
    if (person === undefined) {
      res.status(401).json({ error: { message: "wrong password" } });
      return;
    }
    const { basket } = keptBy(req);
    req.session.regenerate((error: unknown) => {
      Object.assign(req.session, { passport: { user: person.id }, ...(basket !== undefined && { basket }) });
      next(error ?? undefined);
    });
  };
}

/** As csurf does: a secret in the session, made at the first request. */
const csrf: RequestHandler = (req, res, next) => {
  const kept = keptBy(req);
  kept.csrfSecret ??= "secret-of-this-session";
  if (req.method === "GET" || req.get("X-CSRF-Token") === kept.csrfSecret || req.path === "/login") next();
  else res.status(403).json({ error: { message: "invalid csrf token" } });
};

const ownErrors: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  const [status, message] = error instanceof AppError ? [error.status, error.code] : [500, "unknown"];
  res.status(status).json({ error: { message } });
};
