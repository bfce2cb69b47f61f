/** Notices that the session began or ended elsewhere (another tab, its expiry) and shows the view for it. */
import type { User } from "../../shared/contract.ts";
import { announce } from "../dom/status.ts";
import { type Api, ApiError } from "../http/api.ts";
import { t } from "../words/language.ts";
import type { AppContext } from "./app-context.ts";
import { paths } from "./paths.ts";
import { createSessionChannel } from "./session-channel.ts";
import type { Visit } from "./visit.ts";

export type SessionWatch = Pick<AppContext, "askUser" | "orSignIn" | "sessionChanged">;

export interface SessionWatchDeps {
  readonly visit: Visit;
  readonly api: Pick<Api, "getSession">;
  readonly go: AppContext["go"];
  readonly signal: AbortSignal;
}

export function watchSession({ api, visit, go, signal }: SessionWatchDeps): SessionWatch {
  const otherTabs = createSessionChannel(followIfVisible, signal);
  /** If the first request after a sign-in is answered with 401, the browser blocks our cookie. */
  let isCookieProven = true;

  // A page from the back/forward cache, or a tab in the background, can show a session that has ended.
  document.addEventListener("visibilitychange", followIfVisible, { signal });
  // Without a network the page started as signed out; the session may still exist.
  window.addEventListener("online", followIfVisible, { signal });

  /** If the server cannot be asked, nothing changes; the next event asks again. A hidden tab waits for its return. */
  function followIfVisible(): void {
    if (!document.hidden) askUser().catch(() => {});
  }

  async function askUser(): Promise<User | null> {
    const before = visit.user;
    const { user, idleSeconds } = await api.getSession();
    visit.idleSeconds = idleSeconds;
    // A sign-in or sign-out on this page during the request is newer than the answer.
    if (visit.user === before && user?.id !== before?.id) {
      if (user === null) endSession();
      else {
        visit.user = user;
        void go(paths.account, { replace: true });
      }
    }
    return user;
  }

  function endSession(): void {
    if (visit.user === null) return;
    visit.user = null;
    visit.typedEmail = "";
    visit.signInNotice = [isCookieProven ? "signIn.sessionEnded" : "signIn.sessionNotKept"];
    const words = t(...visit.signInNotice);
    void go(paths.signIn, { replace: true });
    announce(words);
  }

  return {
    askUser,

    async orSignIn(call) {
      try {
        const answer = await call;
        isCookieProven = true;
        return answer;
      } catch (error) {
        if (error instanceof ApiError && error.code === "not_authenticated") endSession();
        throw error;
      }
    },

    sessionChanged(user) {
      visit.user = user;
      isCookieProven = false;
      otherTabs.notify();
    },
  };
}
