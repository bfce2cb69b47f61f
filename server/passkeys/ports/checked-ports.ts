/** Checks what a host's ports answer, so that a fault is reported with the name of the port and not three calls later. */
import { AppError } from "../../http/errors.ts";
import type { SessionPort, SignedIn } from "./sessions.ts";

export const methodNames = "method names of 1 to 32 of a-z, 0-9, _ and -";

export function isMethodName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9][a-z0-9_-]{0,31}$/.test(value);
}

/** The same port, whose `current` is checked. */
export function checkSessions(sessions: SessionPort): SessionPort {
  return {
    ...(sessions.isAmbient !== undefined && { isAmbient: sessions.isAmbient }),
    async current(req) {
      const session = await sessions.current(req);
      return session === null || session === undefined ? null : checkSession(session);
    },
    start: (req, res, session) => sessions.start(req, res, session),
    renew: (req, res, proof) => sessions.renew(req, res, proof),
    end: (req, res) => sessions.end(req, res),
    pendingOtp: (req) => sessions.pendingOtp(req),
    keepPendingOtp: (req, res, pending) => sessions.keepPendingOtp(req, res, pending),
  };
}

/** @throws AppError internal_error, whose `message` is for the host's log */
function checkSession(session: SignedIn): SignedIn {
  const authenticatedAt: unknown = session.authenticatedAt;
  if (!isMethodName(session.method))
    throw portFault(`sessions.current returned a \`method\` that is none of the ${methodNames}.`);
  if (!(authenticatedAt instanceof Date) || Number.isNaN(authenticatedAt.getTime()))
    throw portFault("sessions.current returned an `authenticatedAt` that is no valid Date.");
  return session;
}

function portFault(detail: string): AppError {
  return new AppError("internal_error", { detail });
}
