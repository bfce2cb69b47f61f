/**
 * needs:    language.ts.
 * does:     shows a message with each name in it inside a `<bdi>`: a name in another writing direction would turn the
 *           words around it.
 * must not: be used where names cannot be marked up, as in an `aria-label`: `t` is for those.
 */
import { t, type Values } from "./language.ts";
import type { MessageKey } from "./messages.ts";

export type Sentence = readonly [key: MessageKey, values?: Values];

/** Changes nothing if the words are there already: a live region would be read again. Null empties the element. */
export function showSentence(element: HTMLElement, sentence: Sentence | null): void {
  const parts = sentence === null ? [] : partsOf(sentence);
  if (parts.join("") === element.textContent) return;
  element.replaceChildren(...parts.map((text, at) => (at % 2 === 0 ? text : isolated(text))));
}

/** Names are at the odd places. The marks cannot be in a name: shared/contract.ts refuses them. */
function partsOf([key, values = {}]: Sentence): string[] {
  const marked = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "string" ? `\u2068${value}\u2069` : value,
  ]);
  return t(key, Object.fromEntries(marked)).split(/[\u2068\u2069]/);
}

function isolated(text: string): HTMLElement {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}
