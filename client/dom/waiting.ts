/**
 * needs:    an element with `data-ref="waiting"`, the content of <template id="waiting">, styles/waiting.css.
 * does:     says below a button that a prompt is open, and offers to cancel it.
 * must not: offer Cancel after the authenticator has answered: nothing can be cancelled then.
 */
import { query } from "./query.ts";
import { setText } from "./set-text.ts";

export interface Waiting {
  /** Null hides it. */
  show(text: string | null, canCancel: boolean): void;
}

export function waitingIn(
  root: ParentNode,
  content: DocumentFragment,
  { onCancel, signal }: { onCancel(): void; readonly signal: AbortSignal },
): Waiting {
  const waiting = query(root, "waiting", HTMLElement);
  waiting.append(content);
  const words = query(waiting, "waitingText", HTMLElement);
  const cancel = query(waiting, "cancel", HTMLButtonElement);
  cancel.addEventListener("click", onCancel, { signal });
  return {
    show(text, canCancel) {
      waiting.hidden = text === null;
      if (text !== null) setText(words, text);
      cancel.hidden = !canCancel;
    },
  };
}
