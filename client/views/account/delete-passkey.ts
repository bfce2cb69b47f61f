/** Deletes a passkey after a question in a dialog, with a step-up on top if the session is not fresh. */
import type { Passkey } from "../../../shared/contract.ts";
import { openDialog } from "../../dom/dialog.ts";
import type { AccountApi } from "../../http/account-api.ts";
import { ApiError } from "../../http/api.ts";
import { cloneTemplate } from "../../words/template.ts";
import { type AccountTaskDeps, withStepUp } from "./confirm-identity.ts";
import { type Loss, mountDeletePasskey } from "./delete-passkey-dialog.ts";

/** False: the person left the dialog, and nothing was deleted. */
export async function deletePasskey(deps: AccountTaskDeps, passkey: Passkey, loss: Loss): Promise<boolean> {
  const { api, signal, orSignIn } = deps;
  let attempt: Promise<boolean> | undefined;

  const isDeleted = await openDialog<boolean>({
    content: cloneTemplate("delete-passkey-dialog"),
    signal,
    dismissed: false,
    mount(dialog, close, life) {
      const remove = () => {
        attempt = withStepUp(deps, () => orSignIn(deleteOnce(api, passkey.id)), life);
        return attempt;
      };
      const removed = () => close(true);
      mountDeletePasskey(dialog, { passkey, loss, remove, removed }, life);
    },
  });

  // The person can leave the dialog while the passkey is being deleted.
  return isDeleted || (attempt?.catch(() => false) ?? false);
}

/** A passkey that does not exist any more counts as deleted. */
async function deleteOnce(api: AccountApi, id: string): Promise<void> {
  try {
    await api.deletePasskey(id);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "passkey_not_found")) throw error;
  }
}
