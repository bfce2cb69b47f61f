/**
 * needs:    language.ts.
 * does:     says when something happened, in the person's language.
 * must not: show seconds: a page does not update every second.
 */
import { localTime } from "../http/server-time.ts";
import { currentLanguage, t } from "./language.ts";

/** "3 days ago"; minutes are the smallest unit. A time in the future is "just now". */
export function timeAgo(instant: string): string {
  const seconds = Math.min(0, (localTime(instant) - Date.now()) / 1000);
  const format = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: "auto" });
  for (const [unit, length] of units) {
    if (-seconds >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return t("time.now");
}

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "22 Nov 2026". */
export function calendarDate(instant: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium" }).format(new Date(instant));
}

/** "Friday, 27 November 2026 at 14:30". */
export function dateAndTime(instant: string): string {
  const format = new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "full", timeStyle: "short" });
  return format.format(new Date(instant));
}
