/** The words of the app in one language, for tests that find elements by what a person reads. */
import { catalogues, type Language } from "../../client/words/language.ts";
import type { Message, MessageKey } from "../../client/words/messages.ts";

/** Messages without a count. A placeholder without a value stays as it is. */
export type Say = (key: MessageKey, values?: Readonly<Record<string, string>>) => string;

export async function wordsIn(language: Language): Promise<Say> {
  const [{ first }, { later }] = await Promise.all([
    catalogues[language].first(),
    catalogues[language].later(),
  ]);
  const words: Readonly<Record<string, Message>> = { ...first, ...later };
  return (key, values = {}) => {
    const message = words[key];
    if (typeof message !== "string") throw new Error(`"${key}" has no single form in "${language}".`);
    return message.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
  };
}
