/** Signing in: what each of the three ways leads to. */
import { type AppContext, paths } from "../app-context.ts";
import { explainError } from "../failures.ts";
import { canUsePasskeys } from "../passkey-support.ts";
import type { AutofillNews } from "../passkeys.ts";
import type { Screen } from "../router.ts";
import { sentCodeFrom } from "../sent-code.ts";
import { mountSignIn } from "../views/sign-in.ts";

/** Those who want to hear what becomes of a passkey that was picked from autofill. */
export type AutofillListeners = Set<(news: AutofillNews) => void>;

export function signInScreen(context: AppContext, autofillListeners: AutofillListeners): Screen {
  const { api, visit, passkeys, go } = context;

  /** For what is nice to have: where the passkey part cannot be loaded, there is nothing to do for it. */
  async function withPasskeys(use: (loaded: Awaited<ReturnType<typeof passkeys>>) => void): Promise<void> {
    try {
      use(await passkeys());
    } catch (error) {
      explainError(error);
    }
  }

  return {
    title: "signIn.title",
    mount(view) {
      const life = new AbortController();
      const { signal } = life;
      const dispose = mountSignIn(view, {
        email: visit.typedEmail,
        notice: visit.signInNotice,
        canUsePasskeys: canUsePasskeys(),
        keepEmail: (email) => {
          visit.typedEmail = email;
        },
        async sendCode(email) {
          visit.typedEmail = email;
          const state = sentCodeFrom(email, await api.challengeOtp({ email }));
          // Whoever left the view while the code was on its way, by autofill for example, stays where they are.
          if (!signal.aborted) await go(paths.otp, { state });
        },
        signInWithPasskey: async (onFinishing) => (await passkeys()).signIn(onFinishing),
        cancelCeremony: () => void withPasskeys(({ ceremonies }) => ceremonies.cancel()),
        onAutofill(listener) {
          autofillListeners.add(listener);
          signal.addEventListener("abort", () => autofillListeners.delete(listener), { once: true });
        },
      });
      visit.signInNotice = null;
      if (canUsePasskeys()) void withPasskeys(({ arm }) => arm(signal));
      return () => {
        life.abort();
        dispose();
      };
    },
  };
}
