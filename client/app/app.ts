/** Starts the app: creates its parts, connects them, and shows the first view. */

import { ApiError, createApi } from "../http/api.ts";
import { once } from "../http/once.ts";
import { canUsePasskeys } from "../passkeys/passkey-support.ts";
import { type AutofillListeners, signInScreen } from "../views/sign-in/sign-in-screen.ts";
import { type Language, preferredLanguage, useLanguage } from "../words/language.ts";
import type { AppContext, FirstContext } from "./app-context.ts";
import { createLazyParts, showLoadFailure } from "./parts/lazy-parts.ts";
import { allowedPath, greetedAccount, isForSignedIn, type Path, paths } from "./paths.ts";
import { createRouter } from "./router.ts";
import { newVisit } from "./visit.ts";

export interface App {
  /** Resolves when the first view is shown. */
  readonly ready: Promise<void>;
  stop(): void;
}

/** @param mountedAt where the API of shared/routes.ts is, as a path of this origin */
export function startApp(root: HTMLElement, mountedAt = "/api"): App {
  const life = new AbortController();
  const { signal } = life;
  const plainApi = createApi(mountedAt);
  const api = { ...plainApi, getConfig: once(plainApi.getConfig) };
  const visit = newVisit();
  const autofillListeners: AutofillListeners = new Set();
  let firstWords = Promise.resolve();
  const { views, passkeySignIn, sessionWatch } = createLazyParts(() => firstWords);

  const signIn = () => signInScreen(firstContext, autofillListeners);
  const welcomeBack = () =>
    later().then(({ welcomeBackScreen, context }) => welcomeBackScreen(context) ?? signIn(), signIn);
  const router = createRouter<Path>({
    root,
    signal,
    screens: {
      [paths.signIn]: () => (greetedAccount() === null ? signIn() : welcomeBack()),
      [paths.otp]: () => later().then(({ otpScreen, context }) => otpScreen(context)),
      [paths.offer]: () => later().then(({ enrollOfferScreen, context }) => enrollOfferScreen(context)),
      [paths.account]: () => later().then(({ accountScreen, context }) => accountScreen(context)),
    },
    resolve: (wanted) => allowedPath(wanted, visit),
    onLoadFailure: (view) => showLoadFailure(view, retry),
  });
  const { go, show } = router;

  /** Adds what watches a session. It loads later, because no visitor of the first view is signed in. */
  const watched = once(async (): Promise<AppContext> => {
    const watchSession = await sessionWatch();
    return { ...firstContext, ...watchSession({ api, visit, go, signal }) };
  });
  const later = once(async () => {
    const [loaded, context] = await Promise.all([views(), watched()]);
    return { ...loaded, context };
  });
  const loadPasskeys = once(async () => {
    const [create, context] = await Promise.all([passkeySignIn(), watched()]);
    return create({
      ...context,
      onAutofill(progress) {
        for (const listener of autofillListeners) listener(progress);
      },
    });
  });
  const firstContext: FirstContext = {
    api,
    visit,
    passkeys: () =>
      loadPasskeys().catch((cause: unknown) => {
        throw new ApiError("unreachable", undefined, { cause });
      }),
    go,
  };

  async function changeLanguage(language: Language): Promise<void> {
    await useLanguage(language, "all");
    await show({ moveFocus: false });
  }

  const retry = () => void start(true);

  async function start(isSecondTry = false): Promise<void> {
    firstWords = useLanguage(preferredLanguage());
    // The passkey code and the SDK load while the server answers who is signed in.
    if (canUsePasskeys()) loadPasskeys().catch(() => {});
    const needsUser = isForSignedIn(location.pathname);
    const asked = api.getSession().catch((error: unknown) => {
      // The sign-in view works without the answer, and shows the outage when the person acts.
      if (error instanceof ApiError) return { user: null };
      throw error;
    });
    try {
      await firstWords;
    } catch {
      showLoadFailure(root, retry);
      return;
    }
    // The sign-in form is there before the answer: most people who see it are not signed in.
    if (!needsUser) await show({ moveFocus: isSecondTry });
    const { user } = await asked;
    if (needsUser || (user !== null && visit.user === null)) {
      visit.user = user;
      await show({ moveFocus: isSecondTry });
    }
    whenIdle(() => {
      later().then(
        ({ mountBeside, context }) => mountBeside({ ...context, signal, onChange: changeLanguage }),
        () => {},
      );
    });
  }

  return { ready: start(), stop: () => life.abort() };
}

/** Safari has no idle callbacks. */
function whenIdle(task: () => void): void {
  (window.requestIdleCallback ?? setTimeout)(task);
}
