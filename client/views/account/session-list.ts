/**
 * needs:    <template id="session-list-view">, session-item.ts, styles/rows.css, a session.
 * does:     lists where the person is signed in, once its section is opened; ends one session, or all others.
 * must not: load anything before it is opened, or offer to end this session: signing out is another button.
 */
import type { ListedSession } from "../../../shared/contract.ts";
import { reconcile } from "../../dom/keyed-list.ts";
import { query } from "../../dom/query.ts";
import { announce } from "../../dom/status.ts";
import { ApiError } from "../../http/api.ts";
import { explainError } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import { type Sentence, showSentence } from "../../words/sentence.ts";
import { cloneTemplate } from "../../words/template.ts";
import { nameOf, newSessionItem, showSession } from "./session-item.ts";

export interface SessionListDeps {
  listSessions(): Promise<readonly ListedSession[]>;
  /** False: a step-up was needed, and the person did not confirm. */
  endSession(id: string): Promise<boolean>;
  endOtherSessions(): Promise<boolean>;
}

export interface SessionListView {
  /** Opens the section and moves the focus to it. */
  open(): void;
}

/** @param section its content is made here; hidden where the server has no list of sessions */
export function mountSessionList(
  section: HTMLDetailsElement,
  deps: SessionListDeps,
  signal: AbortSignal,
): SessionListView {
  let sessions: readonly ListedSession[] | null = null;
  /** "others", or the id of the session that is being ended. */
  let ending: string | null = null;
  let failure = "";
  let done: Sentence | null = null;

  section.append(cloneTemplate("session-list-view"));

  const list = query(section, "sessions", HTMLUListElement);
  const loading = query(section, "sessionsLoading", HTMLElement);
  const endOthers = query(section, "endOthers", HTMLButtonElement);
  const only = query(section, "only", HTMLElement);
  const doneText = query(section, "sessionsDone", HTMLElement);
  const failureText = query(section, "sessionsFailure", HTMLElement);
  const retry = query(section, "sessionsRetry", HTMLButtonElement);

  section.addEventListener("toggle", () => section.open && void load(), { signal });
  retry.addEventListener("click", () => void load(), { signal });
  endOthers.addEventListener("click", onEndOthers, { signal });

  async function load(): Promise<void> {
    failure = "";
    try {
      const loaded = await deps.listSessions();
      if (signal.aborted) return;
      sessions = loaded;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.code === "not_found") section.hidden = true;
      failure = `${t("sessions.loadFailed")} ${explainError(error)}`;
    }
    update();
  }

  function onEnd(session: ListedSession): Promise<void> {
    return end(session.id, () => deps.endSession(session.id), ["sessions.ended", { name: nameOf(session) }]);
  }

  function onEndOthers(): Promise<void> {
    return end("others", deps.endOtherSessions, ["sessions.othersEnded"]);
  }

  async function end(what: string, run: () => Promise<boolean>, sentence: Sentence): Promise<void> {
    if (ending !== null) return;
    ending = what;
    failure = "";
    done = null;
    update();
    try {
      const isEnded = await run();
      if (signal.aborted) return;
      if (isEnded) {
        done = sentence;
        announce(t(...sentence));
        sessions = (sessions ?? []).filter(
          ({ id, current }) => current || (what !== "others" && id !== what),
        );
      }
    } catch (error) {
      if (signal.aborted) return;
      failure = explainError(error);
    }
    ending = null;
    update();
    // The focus was on a button that is gone.
    if (document.activeElement === document.body) section.querySelector("summary")?.focus();
  }

  function update(): void {
    const shown = sessions ?? [];
    const others = shown.filter(({ current }) => !current).length;
    list.hidden = shown.length === 0;
    reconcile(
      list,
      shown,
      (session) => newSessionItem(() => void onEnd(session), signal),
      (element, session) => showSession(element, session, ending === session.id),
    );
    loading.hidden = sessions !== null || failure !== "";
    retry.hidden = sessions !== null || failure === "";
    only.hidden = sessions === null || others > 0;
    endOthers.hidden = others === 0;
    endOthers.setAttribute("aria-busy", String(ending === "others"));
    showSentence(doneText, done);
    doneText.hidden = done === null;
    failureText.textContent = failure;
  }

  update();
  return {
    open() {
      section.open = true;
      section.querySelector("summary")?.focus();
    },
  };
}
