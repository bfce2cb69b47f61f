/** Deletes the account after a question in a dialog, with a step-up on top if the session is not fresh. */
import type { AppContext } from "../../../app/app-context.ts";
import { forgetPasskeysHere } from "../../../app/passkeys-here.ts";
import { otherAccount, paths } from "../../../app/paths.ts";
import { openDialog } from "../../../dom/dialog.ts";
import { forget } from "../../../dom/local-storage.ts";
import { query } from "../../../dom/query.ts";
import { announce } from "../../../dom/status.ts";
import { ApiError } from "../../../http/api.ts";
import { signalAccepted } from "../../../passkeys/signals.ts";
import { explainError } from "../../../words/failures.ts";
import { t } from "../../../words/language.ts";
import { showSentence } from "../../../words/sentence.ts";
import { shownAddress } from "../../../words/shown-address.ts";
import { cloneTemplate } from "../../../words/template.ts";
import { type AccountTaskDeps, withStepUp } from "../confirm-identity.ts";

/** Resolves when the dialog is closed. After a deletion the sign-in view follows. */
export async function deleteAccount(deps: AccountTaskDeps, context: AppContext): Promise<void> {
  const { api, user, signal, orSignIn } = deps;
  const isDeleted = await openDialog<boolean>({
    content: cloneTemplate("delete-account-dialog"),
    signal,
    dismissed: false,
    mount(dialog, close, life) {
      let isBusy = false;
      const confirm = query(dialog, "confirm", HTMLButtonElement);
      const failureText = query(dialog, "failure", HTMLElement);
      showSentence(query(dialog, "lead", HTMLElement), [
        "deleteAccount.lead",
        { email: shownAddress(user.email) },
      ]);
      confirm.addEventListener("click", onConfirm, { signal: life });

      async function onConfirm(): Promise<void> {
        if (isBusy) return;
        isBusy = true;
        confirm.setAttribute("aria-busy", "true");
        failureText.textContent = "";
        try {
          // Also when the person has left the dialog meanwhile: the account is gone.
          if (await withStepUp(deps, () => orSignIn(api.deleteAccount()), life)) return close(true);
        } catch (error) {
          if (life.aborted) return;
          failureText.textContent = wordsOf(error);
        }
        isBusy = false;
        confirm.setAttribute("aria-busy", "false");
      }
    },
  });
  if (isDeleted) leave(deps, context);
}

/** A host without such an operation answers as for an unknown path. */
function wordsOf(error: unknown): string {
  if (error instanceof ApiError && error.code === "not_found") return t("deleteAccount.unavailable");
  return explainError(error);
}

function leave({ api, user }: AccountTaskDeps, { visit, passkeys, sessionChanged, go }: AppContext): void {
  void passkeys().then(
    ({ ceremonies }) => ceremonies.forget(),
    () => {},
  );
  // Its passkeys work nowhere any more: the password manager need not offer them.
  void api.getConfig().then(
    ({ rpId }) => signalAccepted({ rpId, user, passkeys: [], afterDelete: true }),
    () => {},
  );
  forget("account");
  forgetPasskeysHere();
  visit.typedEmail = "";
  visit.signInNotice = ["deleteAccount.done"];
  sessionChanged(null);
  void go(paths.signIn, { replace: true, state: otherAccount });
  announce(t("deleteAccount.done"));
}
