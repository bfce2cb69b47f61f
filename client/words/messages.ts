/**
 * needs:    the catalogues in languages/.
 * does:     types the message keys. Each language has exactly the keys of English.
 * must not: contain words for people.
 *
 * A catalogue has two parts, so that the first view loads only its own words: `first.ts`, and `later.ts` with the words of
 * the account, `account.ts`. `{name}` stands for a value; `{count}` chooses the plural form of the language.
 */
import type { account } from "./languages/en/account.ts";
import type { first } from "./languages/en/first.ts";
import type { later } from "./languages/en/later.ts";

/** `other` stands in for the forms that a language does not have. */
export type Message =
  | string
  | ({ readonly [form in "one" | "other"]: string } & {
      readonly [form in "zero" | "two" | "few" | "many"]?: string;
    });

export type FirstMessages = Readonly<Record<keyof typeof first, Message>>;
export type AccountMessages = Readonly<Record<keyof typeof account, Message>>;
export type LaterMessages = Readonly<Record<keyof typeof later, Message>>;
export type MessageKey = keyof FirstMessages | keyof LaterMessages;
