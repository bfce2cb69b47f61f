/**
 * needs:    the catalogues in languages/.
 * does:     names every message. English is the measure: each other language has exactly its keys.
 * must not: contain a word for a person.
 *
 * A catalogue has two files, so that the first view loads only what it says: `first.ts` and `later.ts`. `{name}`
 * stands for a value; an object with `one` and `other` is chosen by `{count}`.
 */
import type { first } from "./languages/en/first.ts";
import type { later } from "./languages/en/later.ts";

export type Message = string | { readonly one: string; readonly other: string };

export type FirstMessages = Readonly<Record<keyof typeof first, Message>>;
export type LaterMessages = Readonly<Record<keyof typeof later, Message>>;
export type MessageKey = keyof FirstMessages | keyof LaterMessages;
