/** Signing in, by whichever of the three ways. Owns when autofill lives, and in which order requests end and begin. */
import { type AppContext, paths } from "../app-context.ts";
import { canUsePasskeys } from "../capabilities.ts";
import type { CeremonyOutcome } from "../ceremony-outcome.ts";
import { isFromAnotherDevice } from "../cross-device.ts";
import { explainError, type Failure, failureOf, failureOfError } from "../failures.ts";
import { t } from "../language.ts";
import { keepRenewed } from "../renewal.ts";
import type { Screen } from "../router.ts";
import { sentCodeFrom } from "../sent-code.ts";
import { announce } from "../status.ts";
import { mountSignIn } from "../views/sign-in.ts";

/** Autofill lives longer than the view; this brings its words to whichever sign-in view is there. */
export interface AutofillOutcomes {
  tell(context: AppContext, outcome: CeremonyOutcome): Promise<void>;
  onFailure(listener: (failure: Failure) => void, signal: AbortSignal): void;
}

export function createAutofillOutcomes(): AutofillOutcomes {
  const listeners = new Set<(failure: Failure) => void>();
  return {
    async tell(context, outcome) {
      let failure = failureOf(outcome.kind, "autofill");
      if (outcome.kind === "succeeded") {
        announce(t("ceremony.finishing"));
        try {
          await finish(context, outcome);
        } catch (error) {
          failure = failureOfError(error);
          await resume(context);
        }
      }
      if (failure.words !== "") for (const listener of listeners) listener(failure);
    },
    onFailure(listener, signal) {
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
  };
}

export function signInScreen(context: AppContext, autofillOutcomes: AutofillOutcomes): Screen {
  return {
    title: "signIn.title",
    mount(view) {
      const { api, visit } = context;
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
          if (!signal.aborted) context.go(paths.otp, { state });
        },
        signInWithPasskey: (onFinishing) => signInWithPasskey(context, onFinishing),
        cancelCeremony: () => void withPasskeys(context, ({ ceremonies }) => ceremonies.cancel()),
        onAutofillFailure: autofillOutcomes.onFailure,
      });
      visit.signInNotice = null;
      if (canUsePasskeys()) {
        void withPasskeys(context, ({ ceremonies, autofill, renewEvery }) => {
          if (signal.aborted) return;
          autofill.resume();
          keepRenewed({ renew: ceremonies.prepareSignIn, every: renewEvery, signal });
        });
      }
      return () => {
        life.abort();
        void withPasskeys(context, ({ ceremonies, autofill }) => {
          autofill.pause();
          ceremonies.cancel();
        });
        dispose();
      };
    },
  };
}

async function signInWithPasskey(context: AppContext, onFinishing: () => void): Promise<CeremonyOutcome> {
  const { ceremonies, autofill, heed } = await context.passkeys();
  // First the pending autofill request ends, then the prompt opens: a browser takes only one at a time.
  autofill.pause();
  const outcome = await ceremonies.signIn();
  heed(outcome);
  if (outcome.kind !== "succeeded") {
    await resume(context);
    return outcome;
  }
  onFinishing();
  try {
    await finish(context, outcome);
  } catch (error) {
    await resume(context);
    throw error;
  }
  return outcome;
}

type Success = Extract<CeremonyOutcome, { kind: "succeeded" }>;

async function finish({ api, enter }: AppContext, { resultToken, attachment, credentialId }: Success) {
  const crossDevice = attachment === "cross-platform";
  const signedIn = await api.finishPasskeySignIn(resultToken, crossDevice ? { crossDevice } : {});
  if (!signedIn.offerPasskey) return enter(signedIn, "passkey");
  const isDue = await isFromAnotherDevice(credentialId, api.listPasskeys);
  return enter({ ...signedIn, offerPasskey: isDue }, "cross-device passkey");
}

/** Whoever cancelled may still pick a passkey from the field, or press the button again. */
async function resume(context: AppContext): Promise<void> {
  if (location.pathname !== paths.signIn) return;
  await withPasskeys(context, ({ ceremonies, autofill }) => {
    autofill.resume();
    void ceremonies.prepareSignIn();
  });
}

/** For what is nice to have: where the passkey part cannot be loaded, there is nothing to do for it. */
async function withPasskeys(
  { passkeys }: AppContext,
  use: (passkeys: Awaited<ReturnType<AppContext["passkeys"]>>) => void,
): Promise<void> {
  try {
    use(await passkeys());
  } catch (error) {
    explainError(error);
  }
}
