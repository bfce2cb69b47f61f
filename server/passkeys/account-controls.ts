/** What a host and its support people do to an account: end its sessions, and forget it. */
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { actorOf, type BackOffice, type By, createBackOffice, requireUserId } from "./back-office.ts";
import { readOptions } from "./check-options.ts";
import { forgetTraces } from "./flows/account/forget-user.ts";
import type { PasskeysOptions, PasskeysOptionsWithoutCodes } from "./ports/options.ts";

export interface ForgetOptions {
  /**
   * `anonymise` replaces the user in the audit trail of `openStorage` by a random name; `keep` leaves it as it is. Default
   * `anonymise`.
   */
  readonly events?: "anonymise" | "keep";
}

const known: Names<ForgetOptions> = { events: true };

export interface AccountControls extends BackOffice {
  /**
   * Ends every session of a user, also for requests that are under way.
   * @returns how many there were
   * @throws TypeError when the `sessions` port has no `sessionList`
   */
  endSessions(userId: string, by?: By): Promise<number>;
  /**
   * Cancels the user's recovery, also after its end, for support people and for the link in a mail.
   * @returns whether there was one
   * @throws TypeError without `afterCode: "limited"`
   */
  cancelRecovery(userId: string): Promise<boolean>;
  /**
   * Ends the user's sessions and removes what is kept of them: at Authsignal the user with all authenticators, here names of
   * passkeys, known browsers, grants and answers. Call it before you delete the user from your own table; calling it again
   * after a failure finishes what is left. Does not delete rows of your own tables, nor sessions of a port without
   * `sessionList`.
   * @throws AppError upstream_unavailable when Authsignal or the storage does not answer
   */
  forgetUser(userId: string, options?: ForgetOptions): Promise<void>;
}

/**
 * @param options the same as the router's
 * @returns `endSessions(userId)` for support people and after a factor was lost, `forgetUser(userId)` for accounts that are
 * deleted, and what support people look at and remove
 */
export function createAccountControls(
  options: PasskeysOptions | PasskeysOptionsWithoutCodes,
): AccountControls {
  const context = readOptions(options);
  const { sessions, storage, onEvent } = context;

  async function endAll(userId: string): Promise<number> {
    if (sessions.sessionList === undefined)
      throw new TypeError(
        "Sessions cannot be ended: give `sessions` a `sessionList`, or pass `index: storage.sessionIndex` to createCookieSessions or createBearerSessions.",
      );
    requireUserId(userId);
    return sessions.sessionList.endAll(userId);
  }

  /** A host that keeps its own sessions ends them itself; without the user's row they sign in no user. */
  async function endIfListed(userId: string): Promise<void> {
    if (sessions.sessionList !== undefined) await endAll(userId);
  }

  return {
    ...createBackOffice(context),

    async endSessions(userId, { actor } = {}) {
      const count = await endAll(userId);
      onEvent({ event: "sessions.ended", userId, by: "host", ...actorOf(actor), count });
      return count;
    },

    async cancelRecovery(userId) {
      if (context.recoveries === null)
        throw new TypeError('cancelRecovery: without `afterCode: "limited"` there is no recovery.');
      requireUserId(userId);
      const cancelled = await context.recoveries.cancelRecovery(userId);
      if (cancelled) onEvent({ event: "recovery_cancelled", userId, by: "host" });
      return cancelled;
    },

    async forgetUser(userId, options = {}) {
      refuseUnknown("forgetUser", options, known);
      const { events = "anonymise" } = options;
      requireUserId(userId);
      await endIfListed(userId);
      await forgetTraces(context, userId);
      // Once more: a passkey may have signed in while it was being removed.
      await endIfListed(userId);
      if (events === "anonymise") await storage.anonymiseEvents?.(userId);
      onEvent({ event: "user.forgotten" });
    },
  };
}
