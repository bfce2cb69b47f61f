/**
 * needs:    <template id="enroll-offer-view">, styles/enroll-offer.css, and a session that is fresh.
 * does:     offers to create a passkey once the person is signed in, with a way past it that is as near.
 * must not: be shown before or during a sign-in, or start anything without a click.
 */
import type { CeremonyOutcome } from "../ceremony-outcome.ts";
import { explainError, explainFailure } from "../failures.ts";
import { t } from "../language.ts";
import { query } from "../query.ts";
import { announce } from "../status.ts";
import { fillFromTemplate } from "../template.ts";

export interface EnrollOfferDeps {
  /** The ceremony and, after success, our server's half; goes on to the account. */
  createPasskey(): Promise<CeremonyOutcome>;
  cancelCeremony(): void;
  skip(): void;
}

export function mountEnrollOffer(root: HTMLElement, deps: EnrollOfferDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let isWaiting = false;
  let failure = "";

  fillFromTemplate(root, "enroll-offer-view");

  const create = query(root, "create", HTMLButtonElement);
  const skip = query(root, "skip", HTMLButtonElement);
  const waiting = query(root, "waiting", HTMLElement);
  const cancel = query(root, "cancel", HTMLButtonElement);
  const failureText = query(root, "failure", HTMLElement);

  create.addEventListener("click", onCreate, { signal });
  skip.addEventListener("click", () => deps.skip(), { signal });
  cancel.addEventListener("click", () => deps.cancelCeremony(), { signal });

  async function onCreate(): Promise<void> {
    if (isWaiting) return;
    isWaiting = true;
    failure = "";
    const running = deps.createPasskey();
    update();
    announce(t("ceremony.waiting"));
    try {
      const outcome = await running;
      if (signal.aborted || outcome.kind === "succeeded") return;
      failure = explainFailure(outcome.kind, "create") ?? "";
    } catch (error) {
      if (signal.aborted) return;
      failure = explainError(error);
    }
    isWaiting = false;
    announce("");
    update();
    create.focus();
  }

  function update(): void {
    create.setAttribute("aria-busy", String(isWaiting));
    waiting.hidden = !isWaiting;
    failureText.textContent = failure;
  }

  update();
  return () => {
    controller.abort();
    root.replaceChildren();
  };
}
