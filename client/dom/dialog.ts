/**
 * needs:    <template id="…"> with one <dialog>, styles/dialog.css.
 * does:     opens a modal dialog and answers with what the person did there. The browser keeps the focus inside,
 *           closes on Escape and gives the focus back to where it was.
 * must not: outlive the view that opened it: `signal` ends it.
 */
import { cloneTemplate } from "../words/template.ts";

export interface DialogOptions<Answer> {
  readonly template: string;
  /** The end of the view below. */
  readonly signal: AbortSignal;
  /** The answer of whoever leaves without one. */
  readonly dismissed: Answer;
  /** Fills the dialog and listens to it, until `life` ends. */
  mount(dialog: HTMLDialogElement, close: (answer: Answer) => void, life: AbortSignal): void;
}

export function openDialog<Answer>(options: DialogOptions<Answer>): Promise<Answer> {
  const dialog = cloneTemplate(options.template).firstElementChild;
  if (!(dialog instanceof HTMLDialogElement)) throw new Error(`No <dialog> in "${options.template}".`);
  const life = new AbortController();
  const { signal } = life;
  const opener = document.activeElement;
  document.body.append(dialog);

  return new Promise((resolve) => {
    function close(answer: Answer): void {
      if (signal.aborted) return;
      life.abort();
      dialog?.remove();
      if (opener instanceof HTMLElement) opener.focus();
      resolve(answer);
    }
    const dismiss = () => close(options.dismissed);
    dialog.addEventListener("cancel", onCancel, { signal });
    options.signal.addEventListener("abort", dismiss, { once: true, signal });
    for (const button of dialog.querySelectorAll("[data-close]")) {
      button.addEventListener("click", dismiss, { signal });
    }
    options.mount(dialog, close, signal);
    dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-focus]")?.focus();

    function onCancel(event: Event): void {
      event.preventDefault();
      dismiss();
    }
  });
}
