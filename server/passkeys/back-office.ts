/** What support people see of an account and do for its owner. Each call is an event that names them. */
import type { Passkey } from "../../shared/contract.ts";
import { AppError } from "../http/errors.ts";
import { removePasskey } from "./flows/oversight/remove-passkey.ts";
import { tellOfRemovedPasskey } from "./flows/oversight/tell.ts";
import { nameAll } from "./flows/passkey-list.ts";
import type { PasskeysContext } from "./ports/options.ts";
import type { ListedSession } from "./ports/session-list.ts";

export interface By {
  /** Who does it, for the audit trail: your own id of the support person. Default: the event names nobody. */
  readonly actor?: string;
}

export interface BackOffice {
  /** The user's passkeys, oldest first. */
  listPasskeys(userId: string, by?: By): Promise<readonly Passkey[]>;
  /** The user's sessions, in any order. @throws TypeError when the `sessions` port has no `sessionList` */
  listSessions(userId: string, by?: By): Promise<readonly ListedSession[]>;
  /**
   * Removes a passkey, as after a lost device, and tells its owner. End the sessions as well: which of them it has made is
   * not known.
   * @throws AppError passkey_not_found, upstream_unavailable
   */
  removePasskey(userId: string, passkeyId: string, by?: By): Promise<void>;
  /**
   * @throws AppError session_not_found when the user has no such session
   * @throws TypeError when the `sessions` port has no `sessionList`
   */
  endSession(userId: string, sessionId: string, by?: By): Promise<void>;
}

export function createBackOffice(context: PasskeysContext): BackOffice {
  const { authsignal, users, sessions, onEvent } = context;

  function sessionList() {
    if (sessions.sessionList !== undefined) return sessions.sessionList;
    throw new TypeError(
      "There is no list of sessions: give `sessions` a `sessionList`, or pass `index: storage.sessionIndex` to createCookieSessions or createBearerSessions.",
    );
  }

  async function passkeysOf(userId: string): Promise<readonly Passkey[]> {
    requireUserId(userId);
    const { passkeys } = await authsignal.listAuthenticators(userId);
    return nameAll(context, userId, passkeys);
  }

  return {
    async listPasskeys(userId, { actor } = {}) {
      const passkeys = await passkeysOf(userId);
      onEvent({ event: "account.viewed", userId, what: "passkeys", ...actorOf(actor) });
      return passkeys;
    },

    async listSessions(userId, { actor } = {}) {
      requireUserId(userId);
      const found = await sessionList().list(userId);
      onEvent({ event: "account.viewed", userId, what: "sessions", ...actorOf(actor) });
      return found;
    },

    async removePasskey(userId, passkeyId, { actor } = {}) {
      const passkey = (await passkeysOf(userId)).find(({ id }) => id === passkeyId);
      if (passkey === undefined) throw new AppError("passkey_not_found");
      await removePasskey(context, { userId, passkeyId });
      onEvent({ event: "passkey.deleted", userId, passkeyId, by: "host", ...actorOf(actor) });
      const user = await users.findById(userId);
      if (user !== null) await tellOfRemovedPasskey(context, { req: null, user, passkey, by: "support" });
    },

    async endSession(userId, sessionId, { actor } = {}) {
      requireUserId(userId);
      // PostgreSQL takes no text with the character 0.
      const isId = typeof sessionId === "string" && /^[\x21-\x7e]{1,256}$/.test(sessionId);
      if (!isId || !(await sessionList().end(userId, sessionId))) throw new AppError("session_not_found");
      onEvent({ event: "sessions.ended", userId, by: "host", ...actorOf(actor), count: 1 });
    },
  };
}

export function actorOf(actor: string | undefined): By {
  return actor === undefined ? {} : { actor };
}

/** @throws AppError internal_error: an id of another form names no user here */
export function requireUserId(userId: string): void {
  if (typeof userId === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(userId)) return;
  throw new AppError("internal_error", { detail: "A user id must match ^[A-Za-z0-9_-]{1,64}$." });
}
