/**
 * needs:    <template id="sign-in-view">, sign-in.css; its caller resumes autofill.ts.
 * does:     asks for an email address and offers the passkey button.
 * must not: open a passkey dialog without a click: a person without a passkey here would get a QR code. Must not start
 *           autofill: setting `autocomplete` on the field is its whole part in that.
 */

import { isAscii, plainText } from "../../../shared/typed-text.ts";
import type { AutofillProgress } from "../../app/passkey-sign-in.ts";
import { isCoolingDown, startCooldown } from "../../dom/cooldown-button.ts";
import { query } from "../../dom/query.ts";
import { setText } from "../../dom/set-text.ts";
import { announce } from "../../dom/status.ts";
import { waitingIn } from "../../dom/waiting.ts";
import { ApiError } from "../../http/api.ts";
import { type Failure, failureOfError, focusAfter, noFailure, showFailure } from "../../words/failures.ts";
import { isMessageKey, t } from "../../words/language.ts";
import type { MessageKey } from "../../words/messages.ts";
import type { Sentence } from "../../words/sentence.ts";
import { cloneTemplate, fillFromTemplate } from "../../words/template.ts";

export interface SignInDeps {
  /** Typed before, on this page. */
  readonly email: string;
  readonly notice: Sentence | null;
  readonly canUsePasskeys: boolean;
  keepEmail(email: string): void;
  /** Shows the code view when the code is sent. */
  sendCode(email: string): Promise<void>;
  /** False: the server sends none, and there is no form. */
  hasCodes(): Promise<boolean>;
  /** Call it straight from the click. After success shows the account; resolves with the failure otherwise. */
  signInWithPasskey(onFinishing: () => void, onAskedAgain: () => void): Promise<Failure>;
  cancelCeremony(): void;
  /** Reports the progress of a passkey that was picked from autofill. */
  onAutofill(listener: (progress: AutofillProgress) => void): void;
}

type Task = "nothing" | "email" | "passkey" | "finishing";

export function mountSignIn(root: HTMLElement, deps: SignInDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let busyWith: Task = "nothing";
  let emailError: MessageKey | null = null;
  let { canUsePasskeys } = deps;
  let failure: Failure = noFailure;
  let hasCodes = true;

  fillFromTemplate(root, "sign-in-view");

  const form = query(root, "form", HTMLFormElement);
  const email = query(root, "email", HTMLInputElement);
  const emailErrorText = query(root, "emailError", HTMLElement);
  const submit = query(root, "submit", HTMLButtonElement);
  const lead = query(root, "lead", HTMLElement);
  const passkeyPart = query(root, "passkeyPart", HTMLElement);
  const passkey = query(root, "passkey", HTMLButtonElement);
  const waiting = waitingIn(root, cloneTemplate("waiting"), { onCancel: deps.cancelCeremony, signal });
  const notice = query(root, "notice", HTMLElement);
  const unsupported = query(root, "unsupported", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);

  // Typed before this code was there, or on an earlier visit to the view.
  if (email.value === "") email.value = deps.email;
  else deps.keepEmail(email.value);
  notice.textContent = deps.notice === null ? "" : t(...deps.notice);

  form.addEventListener("submit", onSubmit, { signal });
  email.addEventListener("input", onInput, { signal });
  root.querySelector(".late")?.remove();
  passkey.addEventListener("click", onPasskey, { signal });
  void deps.hasCodes().then((has) => {
    hasCodes = has;
    update();
  });
  deps.onAutofill((progress) => {
    if (progress === "unusable") canUsePasskeys = false;
    else if (progress !== "finishing") failure = progress;
    if (busyWith === "nothing" || busyWith === "finishing")
      busyWith = progress === "finishing" ? progress : "nothing";
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
    const address = plainText(email.value);
    emailError = errorOfAddress(address);
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
      // Our server rejects some addresses that browsers accept.
      if (error instanceof ApiError && error.code === "validation_failed")
        emailError = canExplainAccents(address) ? "signIn.emailAccents" : "signIn.emailMalformed";
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
    // If Continue was pressed meanwhile, the view is busy with that.
    if (isBusyWith("email")) return;
    announce("");
    busyWith = "nothing";
    update();
    focusAfter(failure, passkey, email);
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
    passkeyPart.hidden = !canUsePasskeys;
    form.hidden = !hasCodes;
    // It names both ways.
    lead.hidden = !canUsePasskeys || !hasCodes;
    passkey.classList.toggle("button-primary", !hasCodes);
    unsupported.hidden = canUsePasskeys;
    setText(unsupported, t(hasCodes ? "signIn.unsupported" : "signIn.elsewhere"));
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

/** Those words are not of the first view, and may still be on their way. */
function canExplainAccents(address: string): boolean {
  return isMessageKey("signIn.emailAccents") && !isAscii(address.replace(/@.*/, ""));
}

/** Catches obvious mistakes; the server decides. The browser's own check refuses spellings that our server reads. */
function errorOfAddress(address: string): MessageKey | null {
  if (address === "") return "signIn.emailMissing";
  return /^\S+@\S+\.\S+$/.test(address) ? null : "signIn.emailMalformed";
}
