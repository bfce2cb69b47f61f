/**
 * needs:    <template id="add-passkey-dialog">, dialog.ts, styles/dialog.css.
 * does:     asks where to save the new passkey, and creates it there.
 * must not: prompt before a click.
 */

import { isCoolingDown, startCooldown } from "../../dom/cooldown-button.ts";
import { query } from "../../dom/query.ts";
import { setText } from "../../dom/set-text.ts";
import { waitingIn } from "../../dom/waiting.ts";
import type { PasskeyHome } from "../../passkeys/ceremony.ts";
import type { CeremonyOutcome } from "../../passkeys/ceremony-outcome.ts";
import { failureOf } from "../../words/ceremony-failures.ts";
import { type Failure, failureOfError, noFailure, showFailure } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import { cloneTemplate } from "../../words/template.ts";

export interface AddPasskeyDeps {
  /** The ceremony and, after success, our server's finish. */
  create(home: PasskeyHome, onAnswered: () => void): Promise<CeremonyOutcome>;
  cancelCeremony(): void;
  /** Whether this device can store a passkey. */
  canSaveHere(): Promise<boolean>;
  created(): void;
}

export interface AddPasskeyView {
  /** Shows why no passkey can be added now. */
  showError(error: unknown): void;
}

export function mountAddPasskey(
  root: HTMLElement,
  deps: AddPasskeyDeps,
  signal: AbortSignal,
): AddPasskeyView {
  let waitingFor: HTMLButtonElement | undefined;
  let isSaving = false;
  let failure: Failure = noFailure;

  const here = query(root, "here", HTMLButtonElement);
  const securityKey = query(root, "securityKey", HTMLButtonElement);
  const waiting = waitingIn(root, cloneTemplate("waiting"), { onCancel: deps.cancelCeremony, signal });
  const status = query(root, "status", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);

  here.addEventListener("click", () => create(here, "client-device"), { signal });
  securityKey.addEventListener("click", () => create(securityKey, "security-key"), { signal });

  async function create(button: HTMLButtonElement, home: PasskeyHome): Promise<void> {
    if (waitingFor !== undefined || isCoolingDown(button)) return;
    waitingFor = button;
    failure = noFailure;
    const running = deps.create(home, () => {
      isSaving = true;
      update();
    });
    update();
    try {
      const outcome = await running;
      if (signal.aborted) return;
      if (outcome.kind === "succeeded") return deps.created();
      failure = failureOf(outcome.kind, home === "security-key" ? "createOnKey" : "create");
    } catch (error) {
      if (signal.aborted) return;
      failure = failureOfError(error);
    }
    // Both buttons send to the same rate limit.
    for (const one of [here, securityKey]) startCooldown(one, failure.pause, signal);
    waitingFor = undefined;
    isSaving = false;
    update();
    button.focus();
  }

  function update(): void {
    here.setAttribute("aria-busy", String(waitingFor === here));
    securityKey.setAttribute("aria-busy", String(waitingFor === securityKey));
    const words = waitingFor && t(isSaving ? "ceremony.saving" : "ceremony.waiting");
    waiting.show(words ?? null, !isSaving);
    setText(status, words ?? "");
    showFailure(failureText, failure);
  }

  update();
  // A phone or a security key can still save one.
  void deps.canSaveHere().then((can) => {
    here.hidden = !can;
  });
  return {
    showError(error) {
      failure = failureOfError(error);
      update();
    },
  };
}
