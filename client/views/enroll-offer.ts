/**
 * needs:    <template id="enroll-offer-view">, styles/enroll-offer.css, and a session that is fresh.
 * does:     offers to create a passkey once the person is signed in, with a way past it that is as near.
 * must not: be shown before or during a sign-in, or start anything without a click.
 */

import { failureOf } from "../ceremony-failures.ts";
import type { CeremonyOutcome } from "../ceremony-outcome.ts";
import { type Failure, failureOfError, noFailure, showFailure } from "../failures.ts";
import { t } from "../language.ts";
import { query } from "../query.ts";
import { isResting, rest } from "../rest-button.ts";
import { announce } from "../status.ts";
import { fillFromTemplate } from "../template.ts";

export interface EnrollOfferDeps {
  /** The ceremony and, after success, our server's half; goes on to the account. */
  createPasskey(): Promise<CeremonyOutcome>;
  cancelCeremony(): void;
  /** Keeps the answer and goes on. Must not reject. */
  decline(answer: "not-now" | "never"): Promise<void>;
  /** The person has just signed in with a passkey from another device. */
  readonly isCrossDevice: boolean;
}

export function mountEnrollOffer(root: HTMLElement, deps: EnrollOfferDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let isWaiting = false;
  let isLeaving = false;
  let failure: Failure = noFailure;

  fillFromTemplate(root, "enroll-offer-view");

  const create = query(root, "create", HTMLButtonElement);
  const skip = query(root, "skip", HTMLButtonElement);
  const never = query(root, "never", HTMLButtonElement);
  const waiting = query(root, "waiting", HTMLElement);
  const cancel = query(root, "cancel", HTMLButtonElement);
  const failureText = query(root, "failure", HTMLElement);

  if (deps.isCrossDevice) {
    query(root, "title", HTMLElement).textContent = t("offer.titleHere");
    query(root, "lead", HTMLElement).textContent = t("offer.leadHere");
  }

  create.addEventListener("click", onCreate, { signal });
  skip.addEventListener("click", () => onDecline("not-now"), { signal });
  never.addEventListener("click", () => onDecline("never"), { signal });
  cancel.addEventListener("click", () => deps.cancelCeremony(), { signal });

  async function onCreate(): Promise<void> {
    if (isWaiting || isLeaving || isResting(create)) return;
    isWaiting = true;
    failure = noFailure;
    const running = deps.createPasskey();
    update();
    announce(t("ceremony.waiting"));
    try {
      const outcome = await running;
      if (signal.aborted) return;
      failure = failureOf(outcome.kind, "create");
    } catch (error) {
      if (signal.aborted) return;
      failure = failureOfError(error);
    }
    rest(create, failure.pause, signal);
    isWaiting = false;
    announce("");
    update();
    create.focus();
  }

  async function onDecline(answer: "not-now" | "never"): Promise<void> {
    if (isLeaving) return;
    isLeaving = true;
    deps.cancelCeremony();
    update();
    await deps.decline(answer);
  }

  function update(): void {
    skip.setAttribute("aria-busy", String(isLeaving));
    create.setAttribute("aria-busy", String(isWaiting));
    waiting.hidden = !isWaiting;
    showFailure(failureText, failure);
  }

  update();
  return () => {
    controller.abort();
    root.replaceChildren();
  };
}
