/**
 * needs:    <template id="activity-view">, activity-item.ts, styles/rows.css, a session.
 * does:     lists what was done with the account lately, newest first: some rows, and the rest on demand.
 * must not: be there where the server keeps no such list, or show events for which it has no words.
 */
import type { Activity } from "../../../../shared/contract.ts";
import { reconcile } from "../../../dom/keyed-list.ts";
import { query } from "../../../dom/query.ts";
import { ApiError } from "../../../http/api.ts";
import { explainError } from "../../../words/failures.ts";
import { t } from "../../../words/language.ts";
import { cloneTemplate } from "../../../words/template.ts";
import { hasWords, newActivityItem, showActivity } from "./activity-item.ts";

export interface ActivityDeps {
  listActivity(): Promise<readonly Activity[]>;
}

export interface ActivityView {
  /** Asks the server. The section is shown when it has answered that it keeps such a list. */
  load(): Promise<void>;
}

/** Rows that are shown at first: as many as a phone shows at once. */
const few = 6;

/** @param section its content is made here; hidden until `load` has found a list */
export function mountActivity(
  section: HTMLDetailsElement,
  deps: ActivityDeps,
  signal: AbortSignal,
): ActivityView {
  let events: readonly Activity[] = [];
  let showsAll = false;
  let failure = "";

  section.append(cloneTemplate("activity-view"));

  const list = query(section, "events", HTMLUListElement);
  const none = query(section, "noEvents", HTMLElement);
  const more = query(section, "moreEvents", HTMLButtonElement);
  const retry = query(section, "eventsRetry", HTMLButtonElement);
  const failureText = query(section, "eventsFailure", HTMLElement);

  more.addEventListener("click", onMore, { signal });
  retry.addEventListener("click", () => void load(), { signal });
  // What has happened since the account was opened.
  section.addEventListener("toggle", () => section.open && void load(), { signal });

  async function load(): Promise<void> {
    try {
      const listed = await deps.listActivity();
      if (signal.aborted) return;
      events = listed.filter(hasWords);
      failure = "";
      section.hidden = false;
    } catch (error) {
      if (signal.aborted) return;
      failure = `${t("activity.loadFailed")} ${explainError(error)}`;
      section.hidden = error instanceof ApiError && error.code === "not_found";
    }
    update();
  }

  function onMore(): void {
    const firstNew = list.childElementCount;
    showsAll = true;
    update();
    // The button is gone: go on reading at the first new row.
    const next = list.children[firstNew];
    if (next instanceof HTMLElement) next.focus();
  }

  function update(): void {
    const shown = showsAll ? events : events.slice(0, few);
    reconcile(list, shown, newActivityItem, showActivity);
    list.hidden = shown.length === 0;
    none.hidden = shown.length > 0 || failure !== "";
    more.hidden = shown.length === events.length;
    retry.hidden = failure === "";
    failureText.textContent = failure;
  }

  update();
  return { load };
}
