/** Refuses, at creation, a `users.changeEmail` that the other ports cannot serve. */
import { AppError } from "../http/errors.ts";
import type { EmailChangeStore } from "./ports/account/email-changes.ts";
import type { EmailChanges, PasskeysOptions, PasskeysOptionsWithoutCodes } from "./ports/options.ts";

const methods = [
  "keepEmailChange",
  "findEmailChange",
  "takeEmailChange",
  "dropEmailChange",
  "keepFormerAddress",
  "findFormerAddress",
  "formerOwner",
  "formerAddresses",
  "dropFormerAddresses",
] as const;

/**
 * @returns null where the address of an account does not change here: without `users.changeEmail`, and without codes, which
 * would prove the new one
 * @throws TypeError that names the option and what to write
 */
export function checkEmailChanges(
  options: PasskeysOptions | PasskeysOptionsWithoutCodes,
): EmailChanges | null {
  if (options.emailCodes === false) return null;
  const { users, storage, authsignal } = options;
  if (users.changeEmail === undefined) return null;
  if (typeof users.changeEmail !== "function")
    throw fault("users.changeEmail", "left out, or a function of the user's id and the new address");
  if (authsignal.updateEmail === undefined)
    throw fault("users.changeEmail", "left out with this `authsignal`, which has no `updateEmail`");
  if (!keepsEmailChanges(storage.flows))
    throw fault(
      "users.changeEmail",
      `left out with this \`storage\`: its \`flows\` has not all of ${methods.join(", ")}`,
    );
  return {
    store: storage.flows,
    updateEmail: async (request) => authsignal.updateEmail?.(request),
    async changeEmail(userId, email) {
      const isChanged: unknown = await users.changeEmail?.(userId, email);
      if (typeof isChanged === "boolean") return isChanged;
      throw new AppError("internal_error", {
        detail:
          "users.changeEmail returned neither true nor false. False says that another user has the address.",
      });
    },
  };
}

function keepsEmailChanges(flows: Partial<EmailChangeStore>): flows is EmailChangeStore {
  return methods.every((method) => typeof flows[method] === "function");
}

function fault(option: string, instead: string): TypeError {
  return new TypeError(`createPasskeysRouter: \`${option}\` must be ${instead}.`);
}
