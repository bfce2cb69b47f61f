/** Checks what a host's ports answer, so that a fault is reported with the name of the port and not three calls later. */
import type { User } from "../../../shared/contract.ts";
import { AppError } from "../../http/errors.ts";
import { nameSession } from "./occasion.ts";
import type { CodePorts } from "./options.ts";
import type { SessionPort, SessionPortWithoutCodes, SignedIn } from "./sessions.ts";
import type { UserDirectory, UserLookup } from "./users.ts";

export const methodNames = "method names of 1 to 32 of a-z, 0-9, _ and -";

export function isMethodName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9][a-z0-9_-]{0,31}$/.test(value);
}

/** The same port, whose `current` is checked. */
export function checkSessions(sessions: SessionPortWithoutCodes): SessionPortWithoutCodes {
  return {
    ...(sessions.isAmbient !== undefined && { isAmbient: sessions.isAmbient }),
    ...(sessions.idleSeconds !== undefined && { idleSeconds: sessions.idleSeconds }),
    ...(sessions.sessionList !== undefined && { sessionList: sessions.sessionList }),
    ...(sessions.carriesAssurance !== undefined && { carriesAssurance: sessions.carriesAssurance }),
    async current(req) {
      const session = await sessions.current(req);
      if (session === null || session === undefined) return null;
      nameSession(req, checkSession(session).id);
      return session;
    },
    start: (req, res, session) => sessions.start(req, res, session),
    renew: (req, res, proof) => sessions.renew(req, res, proof),
    end: (req, res) => sessions.end(req, res),
  };
}

/** The same port, whose users are checked and have no other members than the API may answer. */
export function checkUsers(users: UserLookup): UserLookup {
  return {
    ...(users.deleteUser !== undefined && { deleteUser: async (userId) => users.deleteUser?.(userId) }),
    async findById(userId) {
      return toUser("users.findById", await users.findById(userId));
    },
  };
}

/** What the codes need of both ports, checked. */
export function checkCodePorts(users: UserDirectory, sessions: SessionPort): CodePorts {
  return {
    pendingOtp: (req) => sessions.pendingOtp(req),
    keepPendingOtp: (req, res, pending) => sessions.keepPendingOtp(req, res, pending),
    async findOrCreateByEmail(email) {
      return toUser("users.findOrCreateByEmail", await users.findOrCreateByEmail(email));
    },
  };
}

/** Drivers answer undefined for no row, and rows with more columns than a user has. */
function toUser(method: string, user: User | null | undefined): User | null {
  if (user === null || user === undefined) return null;
  const fault = faultOfId(user.id);
  if (fault !== null) throw portFault(`${method} returned a user whose \`id\` ${fault}`);
  const email: unknown = user.email;
  if (typeof email !== "string")
    throw portFault(
      `${method} returned a user whose \`email\` is no string. Where there is no address, return what the password manager should show, such as the user name.`,
    );
  return { id: user.id, email };
}

/** The id itself is not repeated: it may be an address. */
function faultOfId(id: unknown): string | null {
  if (typeof id === "number" || typeof id === "bigint")
    return "is a number. Return String(id); the port is asked with that string.";
  if (typeof id !== "string") return `is ${id === null ? "null" : typeof id}. It must be a string.`;
  if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) return null;
  const found = id.length === 0 || id.length > 64 ? `has ${id.length} characters` : "has other characters";
  return `${found}. It must be 1 to 64 letters, digits, "-" and "_". For ids of an identity provider return an id of your own, or Buffer.from(id).toString("base64url") and its reverse.`;
}

/** @throws AppError internal_error, whose `message` is for the host's log */
function checkSession(session: SignedIn): SignedIn {
  const authenticatedAt: unknown = session.authenticatedAt;
  const fault = faultOfId(session.userId);
  if (fault !== null) throw portFault(`sessions.current returned a session whose \`userId\` ${fault}`);
  if (typeof session.id !== "string" || session.id === "")
    throw portFault("sessions.current returned a session whose `id` is not a string that names it.");
  if (!isMethodName(session.method))
    throw portFault(`sessions.current returned a \`method\` that is none of the ${methodNames}.`);
  if (!(authenticatedAt instanceof Date) || Number.isNaN(authenticatedAt.getTime()))
    throw portFault("sessions.current returned an `authenticatedAt` that is no valid Date.");
  if (!["full", "limited", undefined].includes(session.assurance))
    throw portFault('sessions.current returned an `assurance` that is neither "full" nor "limited".');
  return session;
}

function portFault(detail: string): AppError {
  return new AppError("internal_error", { detail });
}
