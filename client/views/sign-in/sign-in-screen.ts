/** The sign-in view: connects its ways to sign in with the API and the passkey code. */
import type { FirstContext } from "../../app/app-context.ts";
import type { AutofillProgress } from "../../app/passkey-sign-in.ts";
import { paths } from "../../app/paths.ts";
import { pendingOtpFrom } from "../../app/pending-otp.ts";
import type { Screen } from "../../app/router.ts";
import { askOffers } from "../../http/features.ts";
import { canUsePasskeys } from "../../passkeys/passkey-support.ts";
import { explainError } from "../../words/failures.ts";
import { mountSignIn, type SignInDeps } from "./sign-in.ts";

/** Get the progress of a passkey that was picked from autofill. */
export type AutofillListeners = Set<(progress: AutofillProgress) => void>;

/** The ways to sign in that this view and the greeting share. */
export interface SignInWays
  extends Pick<SignInDeps, "sendCode" | "hasCodes" | "signInWithPasskey" | "cancelCeremony"> {
  /** Until the view ends, everything that a passkey sign-in needs is fetched before the click. */
  keepReady(): void;
}

/** @param signal aborts when the view ends */
export function signInWays({ api, passkeys, go }: FirstContext, signal: AbortSignal): SignInWays {
  /** Does nothing if the passkey code cannot be loaded: signing in with a code works without it. */
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
      // If the person left the view meanwhile, for example by a pick from autofill, they stay there.
      if (!signal.aborted) await go(paths.otp, { state });
    },
    hasCodes: async () => (await askOffers(api))("emailCodes"),
    signInWithPasskey: async (onFinishing, onAskedAgain) =>
      (await passkeys()).signIn(onFinishing, onAskedAgain),
    cancelCeremony: () => void withPasskeys(({ ceremonies }) => ceremonies.cancel()),
    keepReady: () => void withPasskeys(({ keepReady }) => keepReady(signal)),
  };
}

export function signInScreen(context: FirstContext, autofillListeners: AutofillListeners): Screen {
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
