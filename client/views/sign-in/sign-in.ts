/**
 * needs:    <template id="sign-in-view">, styles/sign-in.css, and autofill.ts resumed by whoever mounts this.
 * does:     asks for an email address and offers the passkey button.
 * must not: open a passkey dialog by itself: without a passkey here, that is a QR code nobody asked for. Must not
 *           start autofill either: the field's `autocomplete` is its whole part in that.
 */
import { ApiError } from "../../api/api.ts";
import type { AutofillProgress } from "../../app/passkey-sign-in.ts";
import { isCoolingDown, startCooldown } from "../../dom/cooldown-button.ts";
import { query } from "../../dom/query.ts";
import { setText } from "../../dom/set-text.ts";
import { announce } from "../../dom/status.ts";
import { waitingIn } from "../../dom/waiting.ts";
import { type Failure, failureOfError, noFailure, showFailure } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import type { MessageKey } from "../../words/messages.ts";
import { cloneTemplate, fillFromTemplate } from "../../words/template.ts";

export interface SignInDeps {
  /** What was typed before, on this page. */
  readonly email: string;
  readonly notice: MessageKey | null;
  readonly canUsePasskeys: boolean;
  keepEmail(email: string): void;
  /** Goes on to the code view when the code is on its way. */
  sendCode(email: string): Promise<void>;
  /**
   * The ceremony and, after success, the session; goes on to the account. Else: why not. `onAskedAgain`: there is a
   * second prompt after an answer that came too late.
   */
  signInWithPasskey(onFinishing: () => void, onAskedAgain: () => void): Promise<Failure>;
  cancelCeremony(): void;
  /** What becomes of a passkey that was picked from autofill. */
  onAutofill(listener: (news: AutofillProgress) => void): void;
}

type Task = "nothing" | "email" | "passkey" | "finishing";

export function mountSignIn(root: HTMLElement, deps: SignInDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let busyWith: Task = "nothing";
  let emailError: MessageKey | null = null;
  let failure: Failure = noFailure;

  fillFromTemplate(root, "sign-in-view");

  const form = query(root, "form", HTMLFormElement);
  const email = query(root, "email", HTMLInputElement);
  const emailErrorText = query(root, "emailError", HTMLElement);
  const submit = query(root, "submit", HTMLButtonElement);
  const passkeyPart = query(root, "passkeyPart", HTMLElement);
  const passkey = query(root, "passkey", HTMLButtonElement);
  const waiting = waitingIn(root, cloneTemplate("waiting"), { onCancel: deps.cancelCeremony, signal });
  const notice = query(root, "notice", HTMLElement);
  const unsupported = query(root, "unsupported", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);

  email.value = deps.email;
  notice.textContent = deps.notice === null ? "" : t(deps.notice);

  form.addEventListener("submit", onSubmit, { signal });
  email.addEventListener("input", onInput, { signal });
  passkey.addEventListener("click", onPasskey, { signal });
  deps.onAutofill((news) => {
    if (news !== "finishing") failure = news;
    if (busyWith === "nothing" || busyWith === "finishing")
      busyWith = news === "finishing" ? news : "nothing";
    update();
  });

  function onInput(): void {
    deps.keepEmail(email.value);
    if (emailError === null) return;
    emailError = null;
    update();
  }

  async function onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (busyWith === "email" || busyWith === "finishing" || isCoolingDown(submit)) return;
    const address = email.value.trim();
    emailError = complaintAbout(address, email.validity);
    failure = noFailure;
    if (emailError !== null) {
      update();
      email.focus();
      return;
    }
    deps.cancelCeremony();
    busyWith = "email";
    update();
    announce(t("signIn.sending"));
    try {
      await deps.sendCode(address);
    } catch (error) {
      if (signal.aborted) return;
      // Browsers let addresses pass that no mail server takes.
      if (error instanceof ApiError && error.code === "validation_failed")
        emailError = "signIn.emailMalformed";
      else failure = failureOfError(error);
      startCooldown(submit, failure.pause, signal);
      announce("");
    }
    if (signal.aborted) return;
    busyWith = "nothing";
    update();
    if (emailError !== null) email.focus();
  }

  async function onPasskey(): Promise<void> {
    if (busyWith !== "nothing" || isCoolingDown(passkey)) return;
    busyWith = "passkey";
    failure = noFailure;
    emailError = null;
    announce(t("ceremony.waiting"));
    const running = deps.signInWithPasskey(
      () => goOnWith("finishing"),
      () => goOnWith("passkey"),
    );
    update();
    try {
      failure = await running;
    } catch (error) {
      failure = failureOfError(error);
    }
    if (signal.aborted) return;
    startCooldown(passkey, failure.pause, signal);
    // When Continue was pressed meanwhile, that is what the person is doing now.
    if (isBusyWith("email")) return;
    announce("");
    busyWith = "nothing";
    update();
    passkey.focus();
  }

  function goOnWith(task: Task): void {
    busyWith = task;
    update();
  }

  function isBusyWith(task: Task): boolean {
    return busyWith === task;
  }

  function update(): void {
    const isWaiting = busyWith === "passkey" || busyWith === "finishing";
    notice.hidden = deps.notice === null || failure.words !== "";
    email.setAttribute("aria-invalid", String(emailError !== null));
    if (emailError === null) email.removeAttribute("aria-describedby");
    else email.setAttribute("aria-describedby", emailErrorText.id);
    setText(emailErrorText, emailError === null ? "" : t(emailError));
    submit.setAttribute("aria-busy", String(busyWith === "email"));
    passkeyPart.hidden = !deps.canUsePasskeys;
    unsupported.hidden = deps.canUsePasskeys;
    passkey.setAttribute("aria-busy", String(isWaiting));
    const words = t(busyWith === "finishing" ? "ceremony.finishing" : "ceremony.waiting");
    waiting.show(isWaiting ? words : null, busyWith === "passkey");
    showFailure(failureText, failure);
  }

  update();
  return () => {
    controller.abort();
    root.replaceChildren();
  };
}

/** The server has the last word on addresses; here we only catch what cannot be one. */
function complaintAbout(address: string, validity: ValidityState): MessageKey | null {
  if (address === "") return "signIn.emailMissing";
  return validity.typeMismatch || validity.badInput ? "signIn.emailMalformed" : null;
}
