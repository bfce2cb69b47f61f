/** A host with everything that usually stands around a router, in the order that FITTING-IN.md shows. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import helmet from "helmet";
import {
  AppError,
  type CookieSessions,
  createErrorHandler,
  createPasskeysRouter,
  createStepUpGuard,
  type PasskeysOptions,
} from "../../server/index.ts";

export interface Around {
  readonly options: PasskeysOptions;
  readonly sessions: CookieSessions;
  readonly log: Parameters<typeof createErrorHandler>[0];
  /** Refuses unsafe requests without a token, as csurf does. */
  readonly csrf: RequestHandler;
  /** Counts the requests of an address. */
  readonly rateLimit: RequestHandler;
}

export function createHost({ options, sessions, log, csrf, rateLimit }: Around): Express {
  const requireStepUp = createStepUpGuard(options);
  const app = express();
  app.use(helmet());
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(options), createErrorHandler(log));
  app.use(rateLimit);
  app.use(express.json());
  app.use(csrf);
  app.post("/transfers", requireStepUp("transfer-funds"), (_req, res) => void res.sendStatus(201));
  app.use(hostErrors);
  return app;
}

const hostErrors: ErrorRequestHandler = (error, _req, res, next) => {
  if (!(error instanceof AppError)) return next(error);
  const { status, code, publicMessage, extras } = error;
  res.status(status).json({ error: { code, message: publicMessage, ...extras } });
};
