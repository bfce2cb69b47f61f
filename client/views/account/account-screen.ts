/** The account view: connects it with the API, its dialogs and the password manager. */
import type { Passkey } from "../../../shared/contract.ts";
import type { AppContext } from "../../app/app-context.ts";
import { passkeysHere } from "../../app/passkeys-here.ts";
import type { Screen } from "../../app/router.ts";
import { forget, recall } from "../../dom/local-storage.ts";
import { type AccountApi, createAccountApi } from "../../http/account-api.ts";
import { ApiError } from "../../http/api.ts";
import { askOffers } from "../../http/features.ts";
import { canUsePasskeys } from "../../passkeys/passkey-support.ts";
import { signalAccepted } from "../../passkeys/signals.ts";
import { mountAccount } from "./account.ts";
import { addPasskey } from "./add-passkey.ts";
import { changeAddress } from "./address/change-address.ts";
import { withStepUp } from "./confirm-identity.ts";
import { deletePasskey } from "./delete-passkey.ts";
import { deleteAccount } from "./leaving/account-deletion.ts";
import { signOut } from "./sign-out.ts";
import { standingTasks } from "./standing/standing-tasks.ts";

export function accountScreen(context: AppContext): Screen {
  const { visit, orSignIn } = context;
  const api = createAccountApi(context.api);
  return {
    title: "account.title",
    mount(view) {
      const { user } = visit;
      if (user === null) throw new Error("The account view was opened without a session.");
      const life = new AbortController();
      let onConfirmed = () => {};
      const tasks = { ...context, api, user, signal: life.signal, confirmed: () => onConfirmed() };
      let afterDelete = false;

      async function listPasskeys() {
        const passkeys = await orSignIn(api.listPasskeys());
        void tellPasswordManager(passkeys);
        return passkeys;
      }

      /**
       * Asks who is signed in after the list arrived, because the list does not name its user. If another tab has
       * signed in another account, signalling that account's list for this user would hide this user's passkeys.
       */
      async function tellPasswordManager(passkeys: readonly Passkey[]): Promise<void> {
        const isAfterDelete = afterDelete;
        const [config, now] = await Promise.all([api.getConfig(), context.askUser()]).catch(() => []);
        if (config === undefined || user === null || now?.id !== user.id) return;
        await signalAccepted({ rpId: config.rpId, user, passkeys, afterDelete: isAfterDelete });
      }

      const dispose = mountAccount(view, {
        user,
        notice: visit.accountNotice,
        wantsPasskey: takeWish(),
        canUsePasskeys: canUsePasskeys(),
        askOffers: () => askOffers(api),
        passkeysHere,
        listPasskeys,
        addPasskey: () => addPasskey(tasks),
        async renamePasskey(id, name) {
          let renamed: Passkey | null = null;
          const rename = async () => {
            renamed = await orSignIn(api.renamePasskey(id, { name }));
          };
          await withStepUp(tasks, rename, life.signal);
          return renamed;
        },
        async deletePasskey(passkey, loss) {
          const isDeleted = await deletePasskey(tasks, passkey, loss);
          afterDelete ||= isDeleted;
          // The greeting would offer a passkey that does not exist any more.
          if (isDeleted && loss.isLast && recall("account") === user.email) forget("account");
          return isDeleted;
        },
        listSessions: () => orSignIn(api.listSessions()),
        endSession: (id) => withStepUp(tasks, () => orSignIn(endOnce(api, id)), life.signal),
        endOtherSessions: () => withStepUp(tasks, () => orSignIn(api.endOtherSessions()), life.signal),
        listActivity: () => orSignIn(api.listActivity()),
        changeAddress: () => changeAddress(tasks, context),
        deleteAccount: () => deleteAccount(tasks, context),
        askAgain: () => orSignIn(api.answerPasskeyOffer("ask-again")),
        ...standingTasks(tasks, visit),
        onConfirmed(listener) {
          onConfirmed = listener;
        },
        signOut: () => signOut(context, api),
      });
      visit.accountNotice = null;
      return () => {
        life.abort();
        dispose();
      };
    },
  };
}

/** Password managers link to `/account#add-passkey` (`passkey-endpoints`). Taken once: not again in another language. */
function takeWish(): boolean {
  if (location.hash !== "#add-passkey") return false;
  history.replaceState(history.state, "", location.pathname);
  return true;
}

/** A session that has ended meanwhile counts as ended. */
async function endOnce(api: AccountApi, id: string): Promise<void> {
  try {
    await api.endSession(id);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "session_not_found")) throw error;
  }
}
