/**
 * needs:    styles/dialog.css.
 * does:     opens a modal dialog and resolves with the person's answer. The browser keeps the focus inside; Escape and
 *           `data-close` buttons dismiss it; the focus returns to the element that had it.
 * must not: outlive the view that opened it: `signal` closes it.
 */
export interface DialogOptions<Answer> {
  /** Holds one <dialog>. */
  readonly content: DocumentFragment;
  /** Aborts when the view below ends. */
  readonly signal: AbortSignal;
  /** The answer if the dialog is left without one. */
  readonly dismissed: Answer;
  /** Fills the dialog and listens to it until `life` aborts. */
  mount(dialog: HTMLDialogElement, close: (answer: Answer) => void, life: AbortSignal): void;
}

export function openDialog<Answer>(options: DialogOptions<Answer>): Promise<Answer> {
  const dialog = options.content.querySelector("dialog");
  if (dialog === null) throw new Error("The content of a dialog has no <dialog>.");
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
