/**
 * needs:    messages.ts.
 * does:     turns a message key and its values into words of the chosen language, and fills templates with them.
 * must not: be bypassed: a word written anywhere else is a word that nobody translates.
 */
import { type MessageKey, type Messages, messages } from "./messages.ts";

export type Values = Readonly<Record<string, string | number>>;

const catalogue: Messages = messages;
const language = "en";

export function currentLanguage(): string {
  return language;
}

export function t(key: MessageKey, values: Values = {}): string {
  const message = catalogue[key];
  const text = typeof message === "string" ? message : message[pluralForm(Number(values.count))];
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => String(values[name] ?? placeholder));
}

function pluralForm(count: number): "one" | "other" {
  return new Intl.PluralRules(language).select(count) === "one" ? "one" : "other";
}

/** Fills `data-text` with text and `data-label` with an accessible name, everywhere below `root`. */
export function translate(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-text]")) {
    element.textContent = t(keyOf(element.dataset.text));
  }
  for (const element of root.querySelectorAll<HTMLElement>("[data-label]")) {
    element.setAttribute("aria-label", t(keyOf(element.dataset.label)));
  }
}

function keyOf(name: string | undefined): MessageKey {
  if (name !== undefined && isMessageKey(name)) return name;
  throw new Error(`No message "${name}" in messages.ts.`);
}

function isMessageKey(name: string): name is MessageKey {
  return Object.hasOwn(messages, name);
}

/** "3 days ago"; minutes at the finest, because a page does not tick. */
export function timeAgo(instant: string): string {
  const seconds = (Date.parse(instant) - Date.now()) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
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

/** "22 November 2026". */
export function calendarDate(instant: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(instant));
}
