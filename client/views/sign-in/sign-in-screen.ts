/** Signing in: what each of the three ways leads to. */
import type { AppContext } from "../../app/app-context.ts";
import type { AutofillProgress } from "../../app/passkey-sign-in.ts";
import { paths } from "../../app/paths.ts";
import { pendingOtpFrom } from "../../app/pending-otp.ts";
import type { Screen } from "../../app/router.ts";
import { canUsePasskeys } from "../../passkeys/passkey-support.ts";
import { explainError, type Failure } from "../../words/failures.ts";
import { mountSignIn } from "./sign-in.ts";

/** Those who want to hear what becomes of a passkey that was picked from autofill. */
export type AutofillListeners = Set<(news: AutofillProgress) => void>;

export interface SignInWays {
  /** Goes on to the code view when the code is on its way. */
  sendCode(email: string): Promise<void>;
  /** The ceremony and, after success, the session; goes on to the account. Else: why not. */
  signInWithPasskey(onFinishing: () => void, onAskedAgain: () => void): Promise<Failure>;
  cancelCeremony(): void;
  /** Until the view ends, everything that a passkey sign-in needs is here before the click. */
  keepReady(): void;
}

/** `signal`: the end of the view. */
export function signInWays({ api, passkeys, go }: AppContext, signal: AbortSignal): SignInWays {
  /** For what is nice to have: where the passkey part cannot be loaded, there is nothing to do for it. */
  async function withPasskeys(use: (loaded: Awaited<ReturnType<typeof passkeys>>) => void): Promise<void> {
    try {
      use(await passkeys());
    } catch (error) {
      explainError(error);
    }
  }

  return {
    async sendCode(email) {
      const state = pendingOtpFrom(email, await api.challengeOtp({ email }));
      // Whoever left the view while the code was on its way, by autofill for example, stays where they are.
      if (!signal.aborted) await go(paths.otp, { state });
    },
    signInWithPasskey: async (onFinishing, onAskedAgain) =>
      (await passkeys()).signIn(onFinishing, onAskedAgain),
    cancelCeremony: () => void withPasskeys(({ ceremonies }) => ceremonies.cancel()),
    keepReady: () => void withPasskeys(({ keepReady }) => keepReady(signal)),
  };
}

export function signInScreen(context: AppContext, autofillListeners: AutofillListeners): Screen {
  const { visit } = context;
  return {
    title: "signIn.title",
    mount(view) {
      const life = new AbortController();
      const { signal } = life;
      const ways = signInWays(context, signal);
      const dispose = mountSignIn(view, {
        ...ways,
        email: visit.typedEmail,
        notice: visit.signInNotice,
        canUsePasskeys: canUsePasskeys(),
        keepEmail: (email) => {
          visit.typedEmail = email;
        },
        sendCode(email) {
          visit.typedEmail = email;
          return ways.sendCode(email);
        },
        onAutofill(listener) {
          autofillListeners.add(listener);
          signal.addEventListener("abort", () => autofillListeners.delete(listener), { once: true });
        },
      });
      visit.signInNotice = null;
      if (canUsePasskeys()) ways.keepReady();
      return () => {
        life.abort();
        dispose();
      };
    },
  };
}
