/**
 * needs:    <template id="session-item">, styles/rows.css.
 * does:     shows one session: browser and system in words, where and when it was last active.
 * must not: guess: what the server does not know is not shown.
 */
import type { ListedSession } from "../../../shared/contract.ts";
import { query } from "../../dom/query.ts";
import { t } from "../../words/language.ts";
import { calendarDate, timeAgo } from "../../words/relative-time.ts";
import { cloneTemplate } from "../../words/template.ts";

/** "Firefox on Windows". */
export function nameOf({ browser, system }: Pick<ListedSession, "browser" | "system">): string {
  if (browser !== null && system !== null) return t("sessions.named", { browser, system });
  return browser ?? system ?? t("sessions.unknown");
}

export function newSessionItem(onEnd: () => void, signal: AbortSignal): HTMLElement {
  const element = cloneTemplate("session-item").firstElementChild;
  if (!(element instanceof HTMLElement)) throw new Error('<template id="session-item"> has no element.');
  query(element, "end", HTMLButtonElement).addEventListener("click", onEnd, { signal });
  return element;
}

export function showSession(element: HTMLElement, session: ListedSession, isEnding: boolean): void {
  const { current, place, startedAt, lastSeenAt } = session;
  const end = query(element, "end", HTMLButtonElement);
  query(element, "name", HTMLElement).textContent = nameOf(session);
  query(element, "current", HTMLElement).hidden = !current;
  const where = query(element, "place", HTMLElement);
  query(where, "placeName", HTMLElement).textContent = place;
  where.hidden = place === null;
  query(element, "seen", HTMLElement).textContent = t("sessions.lastSeen", { when: timeAgo(lastSeenAt) });
  query(element, "started", HTMLElement).textContent = t("sessions.started", {
    when: calendarDate(startedAt),
  });
  end.hidden = current;
  end.setAttribute("aria-label", t("sessions.endNamed", { name: nameOf(session) }));
  end.setAttribute("aria-busy", String(isEnding));
}
