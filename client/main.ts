/** Puts the parts together: which views there are, what leads from one to the next, who owns what lives longer. */
import type { User } from "../shared/contract.ts";
import { ApiError, createApi } from "./api.ts";
import { createAutofill } from "./autofill.ts";
import { canCreatePasskeyHere, canUsePasskeys } from "./capabilities.ts";
import { createCeremonies, defaultFreshFor } from "./ceremony.ts";
import type { CeremonyOutcome } from "./ceremony-outcome.ts";
import { prepareEnrollment } from "./enrollment.ts";
import { explainError, explainFailure } from "./failures.ts";
import { t } from "./language.ts";
import type { MessageKey } from "./messages.ts";
import { keepRenewed } from "./renewal.ts";
import { createRouter, type Screen } from "./router.ts";
import { readSentCode, sentCodeFrom } from "./sent-code.ts";
import { announce } from "./status.ts";
import { mountAccount } from "./views/account.ts";
import { mountEnrollOffer } from "./views/enroll-offer.ts";
import { mountOtp } from "./views/otp.ts";
import { mountSignIn } from "./views/sign-in.ts";

const paths = {
  signIn: "/sign-in",
  otp: "/sign-in/code",
  offer: "/create-passkey",
  account: "/account",
} as const;
type Path = (typeof paths)[keyof typeof paths];

const root = document.getElementById("view");
if (root === null) throw new Error('index.html has no element with id="view".');

const api = createApi("/api");
const ceremonies = createCeremonies({ config: api.getConfig });
const autofill = createAutofill({ ceremonies, every: defaultFreshFor, onOutcome: onAutofillOutcome });
const autofillFailures = new EventTarget();
const canEnroll = canCreatePasskeyHere();

let user: User | null = null;
let typedEmail = "";
let signInNotice: MessageKey | null = null;
let accountNotice = "";

const signInScreen: Screen = {
  title: "signIn.title",
  mount(view) {
    const life = new AbortController();
    const dispose = mountSignIn(view, {
      email: typedEmail,
      notice: signInNotice,
      canUsePasskeys: canUsePasskeys(),
      keepEmail: (email) => {
        typedEmail = email;
      },
      async sendCode(email) {
        typedEmail = email;
        router.go(paths.otp, { state: sentCodeFrom(email, await api.challengeOtp({ email })) });
      },
      signInWithPasskey,
      cancelCeremony: () => ceremonies.cancel(),
      onAutofillFailure: (listener, signal) =>
        autofillFailures.addEventListener(
          "failure",
          (event) => {
            if (event instanceof CustomEvent) listener(String(event.detail));
          },
          { signal },
        ),
    });
    signInNotice = null;
    if (canUsePasskeys()) {
      autofill.resume();
      keepRenewed({ renew: ceremonies.prepareSignIn, every: defaultFreshFor, signal: life.signal });
    }
    return () => {
      life.abort();
      autofill.pause();
      ceremonies.cancel();
      dispose();
    };
  },
};

const otpScreen: Screen = {
  title: "otp.title",
  mount(view) {
    const sent = readSentCode(history.state);
    if (sent === null) throw new Error("The code view was opened without a code.");
    return mountOtp(view, {
      sent,
      async verifyCode(code) {
        const signedIn = await api.verifyOtp({ code });
        user = signedIn.user;
        const isOfferDue = signedIn.offerPasskey && (await canEnroll);
        router.go(isOfferDue ? paths.offer : paths.account, { replace: true });
      },
      async sendNewCode(email) {
        const renewed = sentCodeFrom(email, await api.challengeOtp({ email }));
        history.replaceState(renewed, "");
        return renewed;
      },
      useOtherAddress: () => router.go(paths.signIn),
    });
  },
};

const offerScreen: Screen = {
  title: "offer.title",
  mount(view) {
    const enrollment = prepareEnrollment(ceremonies, api);
    const dispose = mountEnrollOffer(view, {
      async createPasskey() {
        const outcome = await orSignIn(enrollment.run());
        const isThere = outcome.kind === "succeeded" || outcome.kind === "alreadyRegistered";
        if (isThere) {
          accountNotice = t(outcome.kind === "succeeded" ? "offer.created" : "failure.alreadyRegistered");
          router.go(paths.account, { replace: true });
          announce(accountNotice);
        }
        return outcome;
      },
      cancelCeremony: () => ceremonies.cancel(),
      skip: () => router.go(paths.account, { replace: true }),
    });
    return () => {
      enrollment.stop();
      dispose();
    };
  },
};

const accountScreen: Screen = {
  title: "account.title",
  mount(view) {
    if (user === null) throw new Error("The account view was opened without a session.");
    const enrollment = prepareEnrollment(ceremonies, api);
    const dispose = mountAccount(view, {
      user,
      notice: accountNotice,
      canUsePasskeys: canUsePasskeys(),
      listPasskeys: () => orSignIn(api.listPasskeys()),
      addPasskey: () => orSignIn(enrollment.run()),
      cancelCeremony: () => ceremonies.cancel(),
      async signOut() {
        await api.deleteSession();
        ceremonies.forget();
        user = null;
        typedEmail = "";
        signInNotice = "signIn.signedOut";
        router.go(paths.signIn);
        announce(t("signIn.signedOut"));
      },
    });
    accountNotice = "";
    return () => {
      enrollment.stop();
      dispose();
    };
  },
};

const router = createRouter<Path>({
  root,
  screens: {
    [paths.signIn]: signInScreen,
    [paths.otp]: otpScreen,
    [paths.offer]: offerScreen,
    [paths.account]: accountScreen,
  },
  resolve(wanted) {
    if (user !== null) return wanted === paths.offer ? paths.offer : paths.account;
    return wanted === paths.otp && readSentCode(history.state) !== null ? paths.otp : paths.signIn;
  },
});

async function signInWithPasskey(onFinishing: () => void): Promise<CeremonyOutcome> {
  // First the pending autofill request ends, then the prompt opens: a browser takes only one at a time.
  autofill.pause();
  const outcome = await ceremonies.signIn();
  if (outcome.kind === "succeeded") {
    onFinishing();
    await finishSignIn(outcome.resultToken).catch((error: unknown) => {
      resumeSignIn();
      throw error;
    });
  } else {
    resumeSignIn();
  }
  return outcome;
}

async function finishSignIn(resultToken: string): Promise<void> {
  ({ user } = await api.finishPasskeySignIn(resultToken));
  router.go(paths.account, { replace: true });
}

/** Whoever cancelled may still pick a passkey from the field, or press the button again. */
function resumeSignIn(): void {
  if (location.pathname !== paths.signIn) return;
  autofill.resume();
  void ceremonies.prepareSignIn();
}

async function onAutofillOutcome(outcome: CeremonyOutcome): Promise<void> {
  let words: string | null = null;
  if (outcome.kind === "succeeded") {
    announce(t("ceremony.finishing"));
    try {
      await finishSignIn(outcome.resultToken);
    } catch (error) {
      words = explainError(error);
      resumeSignIn();
    }
  } else {
    words = explainFailure(outcome.kind, "autofill");
  }
  if (words !== null) autofillFailures.dispatchEvent(new CustomEvent("failure", { detail: words }));
}

/** A session that ended elsewhere leads back to signing in, with a sentence, not to an error. */
async function orSignIn<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.code === "not_authenticated" && user !== null) {
      user = null;
      signInNotice = "signIn.sessionEnded";
      router.go(paths.signIn, { replace: true });
    }
    throw error;
  }
}

async function start(): Promise<void> {
  // The SDK and the options for the passkey button load beside the question who is signed in.
  if (canUsePasskeys() && location.pathname !== paths.account) void ceremonies.prepareSignIn();
  try {
    ({ user } = await api.getSession());
  } catch (error) {
    // Not reachable: the sign-in view says so when the person acts, and keeps what they type until then.
    if (!(error instanceof ApiError)) throw error;
  }
  router.start();
}

void start();
