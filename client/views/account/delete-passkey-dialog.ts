/**
 * needs:    <template id="delete-passkey-dialog">, dialog.ts, styles/dialog.css.
 * does:     names the passkey to delete, and says what that means and what stays in the password manager.
 * must not: delete without this question.
 */
import type { Passkey } from "../../../shared/contract.ts";
import { query } from "../../dom/query.ts";
import { explainError } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import type { MessageKey } from "../../words/messages.ts";
import { type Sentence, showSentence } from "../../words/sentence.ts";

/** What the person has left to sign in with. */
export interface Loss {
  /** The account has no other passkey. */
  readonly isLast: boolean;
  readonly canUseCodes: boolean;
}

export interface DeletePasskeyDeps {
  readonly passkey: Passkey;
  readonly loss: Loss;
  /** False: a step-up was needed, and the person did not confirm. */
  remove(): Promise<boolean>;
  removed(): void;
}

export function mountDeletePasskey(root: HTMLElement, deps: DeletePasskeyDeps, signal: AbortSignal): void {
  const { passkey, loss } = deps;
  let isBusy = false;
  let failure = "";

  const confirm = query(root, "confirm", HTMLButtonElement);
  const failureText = query(root, "failure", HTMLElement);
  showSentence(query(root, "title", HTMLElement), ["delete.title", { name: passkey.name }]);
  query(root, "lead", HTMLElement).textContent = t(leadOf(loss));
  showSentence(query(root, "copy", HTMLElement), aboutTheCopy(passkey.provider));

  confirm.addEventListener("click", onConfirm, { signal });

  async function onConfirm(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    failure = "";
    update();
    try {
      const isRemoved = await deps.remove();
      if (signal.aborted) return;
      if (isRemoved) return deps.removed();
    } catch (error) {
      if (signal.aborted) return;
      failure = explainError(error);
    }
    isBusy = false;
    update();
    confirm.focus();
  }

  function update(): void {
    confirm.setAttribute("aria-busy", String(isBusy));
    failureText.textContent = failure;
  }

  update();
}

function leadOf({ isLast, canUseCodes }: Loss): MessageKey {
  if (!isLast) return "delete.lead";
  return canUseCodes ? "delete.leadLast" : "delete.leadOnlyWay";
}

const places: readonly (readonly [provider: RegExp, place: MessageKey])[] = [
  [/icloud|apple/i, "place.apple"],
  [/google/i, "place.google"],
  [/windows/i, "place.windows"],
  [/chrome/i, "place.chrome"],
];

function aboutTheCopy(provider: string | null): Sentence {
  if (provider === null) return ["delete.copy"];
  const key = places.find(([pattern]) => pattern.test(provider))?.[1] ?? "place.app";
  return ["delete.copyIn", { provider, place: t(key, { provider }) }];
}
