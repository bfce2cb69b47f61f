/**
 * needs:    <template id="account-view">, account.css, passkey-list.ts.
 * does:     shows the account and its passkeys, takes back "Don't ask again", and signs out.
 * must not: be mounted without a session.
 */
import type { User } from "../../../shared/contract.ts";
import { query } from "../../dom/query.ts";
import { setText } from "../../dom/set-text.ts";
import type { Offers } from "../../http/features.ts";
import { explainError } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import { showSentence } from "../../words/sentence.ts";
import { shownAddress } from "../../words/shown-address.ts";
import { fillFromTemplate } from "../../words/template.ts";
import { type ActivityDeps, mountActivity } from "./activity/activity-list.ts";
import { mountPasskeyList, type PasskeyListDeps } from "./passkey-list.ts";
import { mountSessionList, type SessionListDeps } from "./session-list.ts";
import { mountStandingCard, type StandingDeps } from "./standing/standing-card.ts";

export interface AccountDeps
  extends Omit<PasskeyListDeps, "reviewSessions" | "canReviewSessions" | "canUseCodes">,
    SessionListDeps,
    ActivityDeps,
    Omit<StandingDeps, "reviewPasskeys" | "addPasskey"> {
  readonly user: User;
  /** The person came to add a passkey: its dialog is open from the start. */
  readonly wantsPasskey: boolean;
  /** Sections for parts that the server does not have stay hidden. */
  askOffers(): Promise<Offers>;
  /** From now on `listener` is called when the person has confirmed that it is them. */
  onConfirmed(listener: () => void): void;
  signOut(): Promise<void>;
  /** Asks for the new address. After a change this view is shown again. */
  changeAddress(): Promise<void>;
  /** Asks first. After a deletion another view follows. */
  deleteAccount(): Promise<void>;
  /** After the next sign-in with a code, a passkey may be offered again. */
  askAgain(): Promise<void>;
}

export function mountAccount(root: HTMLElement, deps: AccountDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let busyWith: "nothing" | "signOut" | "askAgain" = "nothing";
  let askAgainWords = "";
  let failure = "";

  fillFromTemplate(root, "account-view");

  const signedInAs = query(root, "signedInAs", HTMLElement);
  const signOut = query(root, "signOut", HTMLButtonElement);
  const askAgain = query(root, "askAgain", HTMLButtonElement);
  const askAgainStatus = query(root, "askAgainStatus", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);
  const sessionSection = query(root, "sessionSection", HTMLDetailsElement);
  const sessions = mountSessionList(sessionSection, deps, signal);
  const standing = mountStandingCard(
    query(root, "standing", HTMLElement),
    { ...deps, reviewPasskeys: () => list.focus(), addPasskey: () => list.add() },
    signal,
  );
  const activity = mountActivity(query(root, "activitySection", HTMLDetailsElement), deps, signal);
  let elsewhere = 0;
  let offers: Offers = () => false;
  const sectionsShown = showSections();
  const list = mountPasskeyList(query(root, "passkeys", HTMLElement), {
    ...deps,
    canReviewSessions: () => offers("sessionList"),
    canUseCodes: () => offers("emailCodes"),
    reviewSessions: () => sessions.open(),
    // Both at once: the card would move a list that is there already.
    async listPasskeys() {
      const [listed, current] = await Promise.all([deps.listPasskeys(), deps.getStanding(), sectionsShown]);
      const here = deps.passkeysHere();
      elsewhere = listed.filter(({ credentialId }) => !here.includes(credentialId ?? "")).length;
      if (!signal.aborted) standing.show(current, elsewhere);
      if (offers("activity")) void activity.load();
      return listed;
    },
  });
  deps.onConfirmed(() => void showStanding());

  signOut.addEventListener("click", () => work("signOut", deps.signOut), { signal });
  askAgain.addEventListener("click", onAskAgain, { signal });
  query(root, "changeAddress", HTMLButtonElement).addEventListener("click", () => void deps.changeAddress(), {
    signal,
  });
  query(root, "deleteAccount", HTMLButtonElement).addEventListener("click", () => void deps.deleteAccount(), {
    signal,
  });

  async function showSections(): Promise<void> {
    offers = await deps.askOffers();
    if (signal.aborted) return;
    sessionSection.hidden = !offers("sessionList");
    query(root, "addressSection", HTMLDetailsElement).hidden = !offers("emailChange");
    query(root, "deletionSection", HTMLDetailsElement).hidden = !offers("accountDeletion");
  }

  async function showStanding(): Promise<void> {
    const current = await deps.getStanding();
    if (!signal.aborted) standing.show(current, elsewhere);
  }

  /** The result is shown beside the button, because the top of the view may be off the screen. */
  async function onAskAgain(): Promise<void> {
    askAgainWords = "";
    await work("askAgain", async () => {
      try {
        await deps.askAgain();
        askAgainWords = t("account.willAskAgain");
      } catch (error) {
        askAgainWords = explainError(error);
      }
    });
  }

  async function work(task: "signOut" | "askAgain", run: () => Promise<void>): Promise<void> {
    if (busyWith !== "nothing") return;
    busyWith = task;
    failure = "";
    update();
    try {
      await run();
    } catch (error) {
      if (signal.aborted) return;
      failure = explainError(error);
    }
    if (signal.aborted) return;
    busyWith = "nothing";
    update();
  }

  function update(): void {
    showSentence(signedInAs, ["account.signedInAs", { email: shownAddress(deps.user.email) }]);
    signOut.setAttribute("aria-busy", String(busyWith === "signOut"));
    askAgain.setAttribute("aria-busy", String(busyWith === "askAgain"));
    setText(askAgainStatus, askAgainWords);
    failureText.textContent = failure;
  }

  update();
  if (deps.wantsPasskey && deps.canUsePasskeys) list.add();
  return () => {
    controller.abort();
    list.dispose();
    root.replaceChildren();
  };
}
