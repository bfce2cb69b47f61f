/** Changes the address of the account in a dialog, with a step-up on top if the session is not fresh. */
import type { AppContext } from "../../../app/app-context.ts";
import { paths } from "../../../app/paths.ts";
import { openDialog } from "../../../dom/dialog.ts";
import { recall, remember } from "../../../dom/local-storage.ts";
import { announce } from "../../../dom/status.ts";
import { t } from "../../../words/language.ts";
import { shownAddress } from "../../../words/shown-address.ts";
import { cloneTemplate } from "../../../words/template.ts";
import { type AccountTaskDeps, withStepUp } from "../confirm-identity.ts";
import { mountChangeAddress } from "./change-address-dialog.ts";

/** Resolves when the dialog is closed. After a change the account is shown again, and tells the password manager. */
export async function changeAddress(deps: AccountTaskDeps, context: AppContext): Promise<void> {
  const { api, user, signal, orSignIn } = deps;
  const { visit } = context;
  const changed = await openDialog<string | null>({
    content: cloneTemplate("change-address-dialog"),
    signal,
    dismissed: null,
    mount(dialog, close, life) {
      const view = {
        email: user.email,
        async sendCode(email: string) {
          let pause: number | null = null;
          const begin = async () => {
            pause = (await orSignIn(api.beginEmailChange({ email }))).resendAfter;
          };
          await withStepUp(deps, begin, life);
          return pause;
        },
        async verifyCode(code: string) {
          const answer = await orSignIn(api.finishEmailChange({ code }));
          // Also when the person has left the dialog meanwhile.
          if (visit.user?.id === answer.user.id) visit.user = answer.user;
          if (recall("account") === user.email) remember("account", answer.user.email);
          close(answer.user.email);
        },
      };
      mountChangeAddress(dialog, view, life);
    },
  });
  if (changed === null) return;
  visit.accountNotice = ["address.changed", { email: shownAddress(changed) }];
  const words = t(...visit.accountNotice);
  await context.go(paths.account, { replace: true });
  announce(words);
}
