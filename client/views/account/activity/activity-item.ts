/**
 * needs:    <template id="activity-item">, the words `activity.<event>`.
 * does:     shows one event: what was done, in which browser, when, and whether support did it.
 * must not: show names of events or actions that only developers know.
 */
import type { Activity } from "../../../../shared/contract.ts";
import { query } from "../../../dom/query.ts";
import { setText } from "../../../dom/set-text.ts";
import { isMessageKey, t } from "../../../words/language.ts";
import type { MessageKey } from "../../../words/messages.ts";
import { dateAndTime, timeAgo } from "../../../words/relative-time.ts";
import { cloneTemplate } from "../../../words/template.ts";
import { nameOf } from "../session-item.ts";

/** Of a sign-in, by its method first. Null: an event of a newer server. */
function wordsOf({ event, method }: Activity): MessageKey | null {
  const keys = [`activity.${event}.${method}`, `activity.${event}`];
  return keys.find(isMessageKey) ?? null;
}

export function hasWords(activity: Activity): boolean {
  return wordsOf(activity) !== null;
}

export function newActivityItem(): HTMLElement {
  const element = cloneTemplate("activity-item").firstElementChild;
  if (!(element instanceof HTMLElement)) throw new Error('<template id="activity-item"> has no element.');
  return element;
}

export function showActivity(element: HTMLElement, activity: Activity): void {
  const { at, by, current, event, browser, system } = activity;
  const words = wordsOf(activity);
  const where = query(element, "where", HTMLElement);
  const when = query(element, "when", HTMLTimeElement);
  const isKnown = browser !== null || system !== null;
  setText(query(element, "what", HTMLElement), words === null ? "" : t(words));
  query(element, "eventCurrent", HTMLElement).hidden = !current;
  query(element, "by", HTMLElement).hidden = by !== "host";
  query(element, "eventIcon", HTMLElement).className = `icon ${iconOf(event)}`;
  setText(query(where, "whereName", HTMLElement), isKnown ? nameOf(activity) : "");
  where.hidden = !isKnown;
  setText(when, timeAgo(at));
  when.dateTime = at;
  when.title = dateAndTime(at);
}

function iconOf(event: string): string {
  if (event.startsWith("passkey.")) return "icon-passkey";
  if (event.startsWith("sign_") || event.startsWith("sessions.")) return "icon-device";
  return "icon-shield";
}
