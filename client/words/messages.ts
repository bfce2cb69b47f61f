/**
 * needs:    the catalogues in languages/.
 * does:     types the message keys. Each language has exactly the keys of English.
 * must not: contain words for people.
 *
 * A catalogue has two files, so that the first view loads only its own words: `first.ts` and `later.ts`. `{name}`
 * stands for a value; `{count}` chooses the plural form of the language.
 */
import type { first } from "./languages/en/first.ts";
import type { later } from "./languages/en/later.ts";

/** `other` stands in for the forms that a language does not have. */
export type Message =
  | string
  | ({ readonly [form in "one" | "other"]: string } & {
      readonly [form in "zero" | "two" | "few" | "many"]?: string;
    });

export type FirstMessages = Readonly<Record<keyof typeof first, Message>>;
export type LaterMessages = Readonly<Record<keyof typeof later, Message>>;
export type MessageKey = keyof FirstMessages | keyof LaterMessages;
