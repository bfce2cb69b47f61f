/** The greeting on a device where the person has used a passkey: connects it with the ways to sign in. */
import type { AppContext } from "../../app/app-context.ts";
import { forgetPasskeysHere } from "../../app/passkeys-here.ts";
import { greetedAccount, otherAccount, paths } from "../../app/paths.ts";
import type { Screen } from "../../app/router.ts";
import { forget } from "../../dom/local-storage.ts";
import { announce } from "../../dom/status.ts";
import { canUsePasskeys } from "../../passkeys/passkey-support.ts";
import { t } from "../../words/language.ts";
import { shownAddress } from "../../words/shown-address.ts";
import { signInWays } from "../sign-in/sign-in-screen.ts";
import { mountWelcomeBack } from "./welcome-back.ts";

/** Null if this device remembers no account, or the person asked for another one. */
export function welcomeBackScreen(context: AppContext): Screen | null {
  const { visit, go } = context;
  const email = greetedAccount();
  if (email === null || !canUsePasskeys()) return null;
  return {
    title: "welcome.title",
    mount(view) {
      const life = new AbortController();
      const ways = signInWays(context, life.signal);
      const dispose = mountWelcomeBack(view, {
        ...ways,
        email,
        notice: visit.signInNotice,
        useOtherAccount: () => void go(paths.signIn, { state: otherAccount }),
        forget() {
          forget("account");
          forgetPasskeysHere();
          visit.signInNotice = ["welcome.forgotten", { email: shownAddress(email) }];
          const words = t(...visit.signInNotice);
          void go(paths.signIn, { replace: true });
          announce(words);
        },
      });
      visit.signInNotice = null;
      ways.keepReady();
      return () => {
        life.abort();
        dispose();
      };
    },
  };
}
