/**
 * needs:    a session whose account has a passkey; site.ts.
 * does:     opens a dialog that shows what is confirmed, and confirms it with the person's passkey.
 * must not: open the prompt without a click in the dialog.
 */
import { type ConfirmedOperation, prepareStepUp } from "../passkeys/step-up.ts";
import { type PieceWords, pieceWords, wordsOfError, wordsOfOutcome } from "./piece-words.ts";
import { siteAt } from "./site.ts";

export interface Confirmation {
  /** The action of our server's guard: `requireStepUp("transfer-funds", …)`. */
  readonly action: string;
  /** The same members as the guard's second argument returns. Leave it out where the guard has none. */
  readonly operation?: ConfirmedOperation | undefined;
  /** What the dialog shows of it. Default: a line for each member. */
  describe?(operation: ConfirmedOperation): string;
  readonly words?: PieceWords;
  /** Closes the dialog: the part of the page that asked for it is gone. */
  readonly signal?: AbortSignal;
}

/** False: the person left the dialog, or `signal` closed it. The grant is good for one request, for some minutes. */
export async function confirmByPasskey(mountedAt: string, confirmation: Confirmation): Promise<boolean> {
  const { action, operation, describe = linesOf, words = pieceWords, signal } = confirmation;
  if (signal?.aborted) return false;
  const { api, ceremonies, reportMisconfiguration } = siteAt(mountedAt);
  const dialog = element("dialog", "");
  const confirm = element("button", words.confirm);
  const cancel = element("button", words.cancel);
  const message = element("p", "");
  const title = element("h2", words.confirmTitle);
  const what = element("p", operation === undefined ? "" : describe(operation));
  dialog.className = "passkey-confirm";
  dialog.ariaLabel = words.confirmTitle;
  what.style.whiteSpace = "pre-line";
  message.role = "alert";
  confirm.type = "button";
  cancel.type = "button";
  confirm.disabled = true;
  dialog.append(title, what, confirm, cancel, message);
  document.body.append(dialog);

  const flow = prepareStepUp(ceremonies, api, action, {
    operation,
    onPrepared() {
      confirm.disabled = false;
    },
  });
  return new Promise((resolve) => {
    let isOpen = true;
    const close = (isConfirmed: boolean) => {
      if (!isOpen) return;
      isOpen = false;
      flow.stop();
      // Returns the focus to where it was, also in a shadow root.
      dialog.close();
      dialog.remove();
      resolve(isConfirmed);
    };
    cancel.addEventListener("click", () => close(false));
    dialog.addEventListener("cancel", () => close(false));
    signal?.addEventListener("abort", () => close(false), { once: true });
    confirm.addEventListener("click", async () => {
      if (confirm.ariaBusy === "true") return;
      confirm.ariaBusy = "true";
      message.textContent = "";
      try {
        const outcome = await flow.run();
        if (outcome.kind === "succeeded") return close(true);
        if (outcome.kind === "misconfigured") reportMisconfiguration();
        message.textContent = wordsOfOutcome(outcome, words);
      } catch (error) {
        message.textContent = wordsOfError(error, words);
      }
      confirm.ariaBusy = "false";
    });
    dialog.showModal();
  });
}

export interface NeededStepUp {
  readonly action: string;
  readonly methods: readonly string[];
}

/** What a refusal of our server's guard asks for; undefined for any other body. */
export function neededStepUp(problem: unknown): NeededStepUp | undefined {
  if (typeof problem !== "object" || problem === null || !("stepUp" in problem)) return undefined;
  const { stepUp } = problem;
  if (typeof stepUp !== "object" || stepUp === null || !("action" in stepUp)) return undefined;
  const { action } = stepUp;
  const methods = "methods" in stepUp && Array.isArray(stepUp.methods) ? stepUp.methods.map(String) : [];
  return typeof action === "string" ? { action, methods } : undefined;
}

function linesOf(operation: ConfirmedOperation): string {
  return Object.entries(operation)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text: string,
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
