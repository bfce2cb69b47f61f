/** Ends the session, and shows the sign-in view with its empty field. For every view that a signed-in person sees. */
import type { AppContext } from "../../app/app-context.ts";
import { otherAccount, paths } from "../../app/paths.ts";
import { announce } from "../../dom/status.ts";
import type { AccountApi } from "../../http/account-api.ts";
import { t } from "../../words/language.ts";

/** Rejects with an ApiError if the session was not ended. */
export async function signOut(context: AppContext, api: AccountApi): Promise<void> {
  const { visit } = context;
  await api.deleteSession();
  void context.passkeys().then(
    ({ ceremonies }) => ceremonies.forget(),
    () => {},
  );
  visit.typedEmail = "";
  visit.cameByCode = false;
  visit.signInNotice = ["signIn.signedOut"];
  context.sessionChanged(null);
  // The next person at this device may be another one: show the empty field instead of the greeting.
  void context.go(paths.signIn, { state: otherAccount });
  announce(t("signIn.signedOut"));
}
