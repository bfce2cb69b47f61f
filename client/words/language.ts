/**
 * needs:    languages/, local-storage.ts.
 * does:     chooses a language, loads its words, and turns a message key and its values into words.
 * must not: be bypassed: words written anywhere else are not translated.
 *
 * A further language is a folder like languages/en, an entry in `catalogues`, and its name in app/language-switch.ts.
 */

import { recall } from "../dom/local-storage.ts";
import type { FirstMessages, LaterMessages, MessageKey } from "./messages.ts";

interface Catalogue {
  first(): Promise<{ readonly first: FirstMessages }>;
  later(): Promise<{ readonly later: LaterMessages }>;
}

export const catalogues = {
  en: {
    first: () => import("./languages/en/first.ts"),
    later: () => import("./languages/en/later.ts"),
  },
  de: {
    first: () => import("./languages/de/first.ts"),
    later: () => import("./languages/de/later.ts"),
  },
  fr: {
    first: () => import("./languages/fr/first.ts"),
    later: () => import("./languages/fr/later.ts"),
  },
  es: {
    first: () => import("./languages/es/first.ts"),
    later: () => import("./languages/es/later.ts"),
  },
  ar: {
    first: () => import("./languages/ar/first.ts"),
    later: () => import("./languages/ar/later.ts"),
  },
} as const satisfies Record<string, Catalogue>;

export type Language = keyof typeof catalogues;
export type Values = Readonly<Record<string, string | number>>;

let language: Language = "en";
let words: Partial<FirstMessages & LaterMessages> = {};

export function currentLanguage(): Language {
  return language;
}

/** The person's earlier choice, else the first of the browser's languages that we have, else English. */
export function preferredLanguage(): Language {
  const wanted = [recall("language") ?? "", ...navigator.languages];
  return wanted.map((tag) => tag.split("-")[0] ?? "").find(isLanguage) ?? "en";
}

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(catalogues, tag);
}

/** Loads the words of the first view, or of all views. If it rejects, nothing has changed. */
export async function useLanguage(chosen: Language, views: "first" | "all" = "first"): Promise<void> {
  const catalogue = catalogues[chosen];
  const [{ first }, rest] = await Promise.all([
    catalogue.first(),
    views === "all" ? catalogue.later() : { later: {} },
  ]);
  words = { ...first, ...rest.later };
  language = chosen;
  document.documentElement.lang = chosen;
  document.documentElement.dir = t("app.direction");
}

/** Loads the words of all other views, in the current language. */
export async function loadLaterWords(): Promise<void> {
  const loading = language;
  const { later } = await catalogues[loading].later();
  // If the language was changed meanwhile, all words of the new one are loaded.
  if (loading === language) words = { ...words, ...later };
}

export function t(key: MessageKey, values: Values = {}): string {
  const message = words[key];
  if (message === undefined) throw new Error(`No message "${key}" is loaded.`);
  const text =
    typeof message === "string"
      ? message
      : (message[new Intl.PluralRules(language).select(Number(values.count))] ?? message.other);
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => String(values[name] ?? placeholder));
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
  throw new Error(`No message "${name}" is loaded.`);
}

/** Whether the words of `name` are loaded. */
export function isMessageKey(name: string): name is MessageKey {
  return Object.hasOwn(words, name);
}
