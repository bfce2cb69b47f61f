/**
 * needs:    <template id="enroll-offer-view">, enroll-offer.css, and a fresh session.
 * does:     offers to create a passkey after a sign-in, with "Not now" beside it.
 * must not: be shown before or during a sign-in, or start anything without a click.
 */

import { isCoolingDown, startCooldown } from "../../dom/cooldown-button.ts";
import { query } from "../../dom/query.ts";
import { announce } from "../../dom/status.ts";
import { waitingIn } from "../../dom/waiting.ts";
import type { CeremonyOutcome } from "../../passkeys/ceremony-outcome.ts";
import { failureOf } from "../../words/ceremony-failures.ts";
import { type Failure, failureOfError, noFailure, showFailure } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import { cloneTemplate, fillFromTemplate } from "../../words/template.ts";

export interface EnrollOfferDeps {
  /** The ceremony and, after success, our server's finish; then shows the account. */
  createPasskey(onAnswered: () => void): Promise<CeremonyOutcome>;
  cancelCeremony(): void;
  /** Stores the answer and shows the account. Must not reject. */
  decline(answer: "not-now" | "never"): Promise<void>;
  signOut(): Promise<void>;
  /** The person has just signed in with a passkey from another device. */
  readonly isCrossDevice: boolean;
}

export function mountEnrollOffer(root: HTMLElement, deps: EnrollOfferDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let isWaiting = false;
  let isSaving = false;
  let leavingBy: HTMLButtonElement | undefined;
  let failure: Failure = noFailure;

  fillFromTemplate(root, "enroll-offer-view");

  const create = query(root, "create", HTMLButtonElement);
  const skip = query(root, "skip", HTMLButtonElement);
  const never = query(root, "never", HTMLButtonElement);
  const signOut = query(root, "signOut", HTMLButtonElement);
  const waiting = waitingIn(root, cloneTemplate("waiting"), { onCancel: deps.cancelCeremony, signal });
  const failureText = query(root, "failure", HTMLElement);

  if (deps.isCrossDevice) {
    query(root, "title", HTMLElement).textContent = t("offer.titleHere");
    query(root, "lead", HTMLElement).textContent = t("offer.leadHere");
  }

  create.addEventListener("click", onCreate, { signal });
  skip.addEventListener("click", () => onDecline(skip, "not-now"), { signal });
  never.addEventListener("click", () => onDecline(never, "never"), { signal });

  signOut.addEventListener("click", onSignOut, { signal });

  async function onCreate(): Promise<void> {
    if (isWaiting || leavingBy !== undefined || isCoolingDown(create)) return;
    isWaiting = true;
    failure = noFailure;
    const running = deps.createPasskey(() => {
      isSaving = true;
      update();
    });
    update();
    announce(t("ceremony.waiting"));
    try {
      const outcome = await running;
      // The next view is being shown, with a notice.
      if (signal.aborted || outcome.kind === "succeeded" || outcome.kind === "alreadyRegistered") return;
      failure = failureOf(outcome.kind, "create");
    } catch (error) {
      if (signal.aborted) return;
      failure = failureOfError(error);
    }
    startCooldown(create, failure.pause, signal);
    isWaiting = false;
    isSaving = false;
    announce("");
    update();
    create.focus();
  }

  async function onDecline(button: HTMLButtonElement, answer: "not-now" | "never"): Promise<void> {
    // The device has created the passkey: too late to decline.
    if (leavingBy !== undefined || isSaving) return;
    leavingBy = button;
    deps.cancelCeremony();
    update();
    await deps.decline(answer);
  }

  async function onSignOut(): Promise<void> {
    if (leavingBy !== undefined || isSaving) return;
    leavingBy = signOut;
    failure = noFailure;
    deps.cancelCeremony();
    update();
    try {
      await deps.signOut();
    } catch (error) {
      if (signal.aborted) return;
      failure = failureOfError(error);
      leavingBy = undefined;
      update();
    }
  }

  function update(): void {
    for (const button of [skip, never, signOut]) {
      button.setAttribute("aria-busy", String(leavingBy === button));
      button.setAttribute("aria-disabled", String(isSaving));
    }
    create.setAttribute("aria-busy", String(isWaiting));
    const words = t(isSaving ? "ceremony.saving" : "ceremony.waiting");
    waiting.show(isWaiting ? words : null, !isSaving);
    showFailure(failureText, failure);
  }

  update();
  return () => {
    controller.abort();
    root.replaceChildren();
  };
}
