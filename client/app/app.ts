/** Puts the parts together: which views there are, what leads from one to the next, who owns what lives longer. */
import type { User } from "../../shared/contract.ts";
import { ApiError, createApi } from "../api/api.ts";
import { once } from "../api/once.ts";
import { recall } from "../dom/local-storage.ts";
import { announce } from "../dom/status.ts";
import { canUsePasskeys } from "../passkeys/passkey-support.ts";
import { type AutofillListeners, signInScreen } from "../views/sign-in/sign-in-screen.ts";
import { type Language, loadLaterWords, preferredLanguage, t, useLanguage } from "../words/language.ts";
import { type AppContext, otherAccount, type Path, paths, type Visit } from "./app-context.ts";
import { readPendingOtp } from "./pending-otp.ts";
import { createRouter } from "./router.ts";
import { createSessionChannel } from "./session-channel.ts";

export interface App {
  /** Resolves when the first view is shown. */
  readonly ready: Promise<void>;
  stop(): void;
}

export function startApp(root: HTMLElement, mountedAt = "/api"): App {
  const life = new AbortController();
  const { signal } = life;
  const plainApi = createApi(mountedAt);
  const api = { ...plainApi, getConfig: once(plainApi.getConfig) };
  const visit: Visit = {
    user: null,
    typedEmail: "",
    signInNotice: null,
    accountNotice: null,
    isOfferOver: false,
  };
  const autofillListeners: AutofillListeners = new Set();
  /** A session that was never seen again after it began is one that the browser does not keep. */
  let isSessionProven = true;
  let hasLanguage = Promise.resolve();

  const loadPasskeys = once(async () => {
    // With the words for how a ceremony ends.
    const [{ createPasskeySignIn }] = await Promise.all([
      import("./passkey-sign-in.ts"),
      hasLanguage.then(loadLaterWords),
    ]);
    return createPasskeySignIn(context, (news) => {
      for (const listener of autofillListeners) listener(news);
    });
  });

  const later = once(async () => {
    const [screens] = await Promise.all([import("./lazy-views.ts"), loadLaterWords()]);
    await screens.applyLazyStyles();
    return screens;
  });

  /** Where the later views cannot be loaded, the router says so; nothing is offered meanwhile. */
  const canEnrollHere = () =>
    later().then(
      ({ canOfferPasskeyHere }) => canOfferPasskeyHere(),
      () => false,
    );

  const signIn = () => signInScreen(context, autofillListeners);
  const welcomeBack = () =>
    later().then(({ welcomeBackScreen }) => welcomeBackScreen(context) ?? signIn(), signIn);

  const context: AppContext = {
    api,
    visit,
    passkeys: () =>
      loadPasskeys().catch((cause: unknown) => {
        throw new ApiError("unreachable", undefined, { cause });
      }),
    go: (path, options) => router.go(path, options),

    async enter({ user, offerPasskey }, how) {
      visit.user = user;
      visit.isOfferOver = false;
      isSessionProven = false;
      otherTabs.notify();
      const isOfferDue = offerPasskey && (await canEnrollHere());
      const crossDevice = how === "cross-device passkey";
      if (isOfferDue) await router.go(paths.offer, { replace: true, state: { crossDevice } });
      else await router.go(paths.account, { replace: true });
    },

    signedOut() {
      visit.user = null;
      visit.typedEmail = "";
      visit.signInNotice = "signIn.signedOut";
      otherTabs.notify();
      // The device may be handed on now: the field, and not who was here.
      void router.go(paths.signIn, { state: otherAccount });
      announce(t("signIn.signedOut"));
    },

    askUser: followSession,

    async orSignIn(call) {
      try {
        const answer = await call;
        isSessionProven = true;
        return answer;
      } catch (error) {
        if (error instanceof ApiError && error.code === "not_authenticated") sessionEnded();
        throw error;
      }
    },
  };

  const router = createRouter<Path>({
    root,
    signal,
    screens: {
      [paths.signIn]: () => (recall("account") === null ? signIn() : welcomeBack()),
      [paths.otp]: async () => (await later()).otpScreen(context),
      [paths.offer]: async () => (await later()).enrollOfferScreen(context),
      [paths.account]: async () => (await later()).accountScreen(context),
    },
    resolve(wanted) {
      if (visit.user !== null)
        return wanted === paths.offer && canUsePasskeys() && !visit.isOfferOver ? wanted : paths.account;
      return wanted === paths.otp && readPendingOtp(history.state) !== null ? paths.otp : paths.signIn;
    },
    onLoadFailure: (view) => showLoadFailure(view, () => void start(true)),
  });

  const otherTabs = createSessionChannel(follow, signal);
  // A page that the browser kept, and a tab that was left, may show somebody who is not signed in any more.
  document.addEventListener("visibilitychange", follow, { signal });
  // Whoever came while the server could not be reached may have been signed in all the time.
  window.addEventListener("online", follow, { signal });

  async function changeLanguage(language: Language): Promise<void> {
    await useLanguage(language, "all");
    await router.show({ moveFocus: false });
  }

  function sessionEnded(): void {
    if (visit.user === null) return;
    visit.user = null;
    visit.typedEmail = "";
    visit.signInNotice = isSessionProven ? "signIn.sessionEnded" : "signIn.sessionNotKept";
    const words = t(visit.signInNotice);
    void router.go(paths.signIn, { replace: true });
    announce(words);
  }

  /** Somebody signed in or out elsewhere: this page follows, and asks nothing of the person. */
  async function followSession(): Promise<User | null> {
    const before = visit.user;
    const { user } = await api.getSession();
    // Whoever signed in or out on this page meanwhile knows better than an answer that is older.
    if (visit.user === before && user?.id !== before?.id) {
      if (user === null) sessionEnded();
      else {
        visit.user = user;
        void router.go(paths.account, { replace: true });
      }
    }
    return user;
  }

  /**
   * Where the server cannot be asked, everything stays as it is: the next look at the page asks again. A page that
   * nobody looks at waits for that look.
   */
  function follow(): void {
    if (!document.hidden) followSession().catch(() => {});
  }

  async function start(isSecondTry = false): Promise<void> {
    if (sendToLocalhost()) return;
    hasLanguage = useLanguage(preferredLanguage());
    // The passkey part and the SDK load beside the question who is signed in.
    if (canUsePasskeys()) loadPasskeys().catch(() => {});
    const asked = api.getSession().catch((error: unknown) => {
      // Not reachable: the sign-in view says so when the person acts, and keeps what they type until then.
      if (error instanceof ApiError) return { user: null };
      throw error;
    });
    try {
      await hasLanguage;
    } catch {
      showLoadFailure(root, () => void start(true));
      return;
    }
    visit.user = (await asked).user;
    await router.show({ moveFocus: isSecondTry });
    // What comes next is here before it is asked for.
    whenIdle(() => {
      later().then(
        ({ mountBeside }) => mountBeside({ signal, onChange: changeLanguage }),
        () => {},
      );
    });
  }

  return { ready: start(), stop: () => life.abort() };
}

/** An IP address has no passkeys. The developer who typed it means this machine. */
function sendToLocalhost(): boolean {
  if (location.hostname !== "127.0.0.1" && location.hostname !== "[::1]") return false;
  const there = new URL(location.href);
  there.hostname = "localhost";
  location.replace(there);
  return true;
}

/** In the words of index.html: those of the catalogue may be what could not be loaded. */
function showLoadFailure(root: HTMLElement, retry: () => void): void {
  const template = document.getElementById("load-failure");
  if (!(template instanceof HTMLTemplateElement)) return;
  root.replaceChildren(document.importNode(template.content, true));
  root.querySelector("h1")?.focus();
  root.querySelector("button")?.addEventListener("click", retry, { once: true });
}

/** Safari has no idle callbacks. */
function whenIdle(task: () => void): void {
  (window.requestIdleCallback ?? setTimeout)(task);
}
