/**
 * needs:    <template id="step-up-dialog">, dialog.ts, styles/dialog.css.
 * does:     asks a signed-in person to confirm that it is them: with a passkey first, or with a code where our server
 *           allows that. The account is fixed.
 * must not: know what the confirmation is for: its caller goes on with the interrupted task.
 */

import { isCoolingDown, startCooldown } from "../../dom/cooldown-button.ts";
import { query } from "../../dom/query.ts";
import { setText } from "../../dom/set-text.ts";
import { waitingIn } from "../../dom/waiting.ts";
import type { CeremonyOutcome } from "../../passkeys/ceremony-outcome.ts";
import { failureOf } from "../../words/ceremony-failures.ts";
import { type Failure, failureOfError, noFailure, showFailure } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import { showSentence } from "../../words/sentence.ts";
import { shownAddress } from "../../words/shown-address.ts";
import { cloneTemplate } from "../../words/template.ts";
import { digitsOf, errorOfCode, isAboutCode } from "../otp/otp-code.ts";

export interface StepUpDeps {
  readonly email: string;
  /** A code has opened the session: only a passkey helps, however recent the code is. */
  readonly isLimited: boolean;
  readonly canUsePasskey: boolean;
  readonly canUseEmail: boolean;
  /** The ceremony and, after success, our server's finish. */
  usePasskey(onAnswered: () => void): Promise<CeremonyOutcome>;
  cancelCeremony(): void;
  /** Resolves with the seconds until another code can be sent. */
  sendCode(): Promise<number>;
  verifyCode(code: string): Promise<void>;
  confirmed(): void;
}

type Task = "nothing" | "passkey" | "sending" | "checking";

export function mountStepUp(root: HTMLElement, deps: StepUpDeps, signal: AbortSignal): void {
  let busyWith: Task = "nothing";
  let isCodeSent = false;
  let wasResent = false;
  let isFinishing = false;
  let failure: Failure = noFailure;
  let codeError = "";

  const passkey = query(root, "passkey", HTMLButtonElement);
  const email = query(root, "email", HTMLButtonElement);
  const noMethod = query(root, "noMethod", HTMLElement);
  const waiting = waitingIn(root, cloneTemplate("waiting"), { onCancel: deps.cancelCeremony, signal });
  const status = query(root, "status", HTMLElement);
  const notice = query(root, "notice", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);
  const form = query(root, "form", HTMLFormElement);
  const code = query(root, "code", HTMLInputElement);
  const codeErrorText = query(root, "codeError", HTMLElement);
  const sentTo = query(root, "sentTo", HTMLElement);
  const submit = query(root, "submit", HTMLButtonElement);
  const resend = query(root, "resend", HTMLButtonElement);
  const address = shownAddress(deps.email);
  const lead = deps.isLimited ? "stepUp.leadLimited" : "stepUp.lead";
  showSentence(query(root, "lead", HTMLElement), [lead, { email: address }]);
  if (deps.isLimited) noMethod.textContent = t("signIn.elsewhere");

  passkey.addEventListener("click", onPasskey, { signal });
  email.addEventListener("click", () => onSend(email), { signal });
  resend.addEventListener("click", () => onSend(resend), { signal });
  form.addEventListener("submit", onSubmit, { signal });

  async function onPasskey(): Promise<void> {
    if (busyWith !== "nothing" || isCoolingDown(passkey)) return;
    begin("passkey");
    try {
      const outcome = await deps.usePasskey(() => {
        isFinishing = true;
        update();
      });
      if (signal.aborted) return;
      if (outcome.kind === "succeeded") return deps.confirmed();
      failure = failureOf(outcome.kind, "stepUp");
      startCooldown(passkey, failure.pause, signal);
    } catch (error) {
      if (signal.aborted) return;
      failure = failureOfError(error);
      startCooldown(passkey, failure.pause, signal);
    }
    end(passkey);
  }

  async function onSend(button: HTMLButtonElement): Promise<void> {
    if (busyWith !== "nothing" || isCoolingDown(button)) return;
    begin("sending");
    try {
      const seconds = await deps.sendCode();
      if (signal.aborted) return;
      wasResent = isCodeSent;
      isCodeSent = true;
      startCooldown(resend, seconds, signal);
    } catch (error) {
      if (signal.aborted) return;
      failure = failureOfError(error);
      startCooldown(button, failure.pause, signal);
    }
    end(isCodeSent ? code : button);
  }

  async function onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (busyWith !== "nothing" || isCoolingDown(submit)) return;
    const digits = digitsOf(code.value);
    const mistake = errorOfCode(digits);
    begin("checking");
    try {
      if (mistake === null) {
        await deps.verifyCode(digits);
        if (!signal.aborted) deps.confirmed();
        return;
      }
      codeError = t(mistake);
    } catch (error) {
      if (signal.aborted) return;
      const failed = failureOfError(error);
      if (isAboutCode(error)) codeError = failed.words;
      else failure = failed;
      startCooldown(submit, failed.pause, signal);
    }
    end(code);
  }

  function begin(task: Task): void {
    busyWith = task;
    failure = noFailure;
    codeError = "";
    wasResent = false;
    update();
  }

  function end(focused: HTMLElement): void {
    busyWith = "nothing";
    isFinishing = false;
    update();
    focused.focus();
  }

  function update(): void {
    passkey.hidden = !deps.canUsePasskey;
    passkey.setAttribute("aria-busy", String(busyWith === "passkey"));
    email.hidden = !deps.canUseEmail || isCodeSent;
    email.classList.toggle("button-primary", !deps.canUsePasskey);
    passkey.classList.toggle("button-primary", !isCodeSent);
    email.setAttribute("aria-busy", String(busyWith === "sending"));
    noMethod.hidden = deps.canUsePasskey || deps.canUseEmail;
    const words = busyWith === "passkey" ? t(isFinishing ? "ceremony.confirming" : "ceremony.waiting") : null;
    waiting.show(words, !isFinishing);
    setText(status, words ?? (wasResent ? t("otp.resent") : ""));
    setText(notice, wasResent ? t("otp.resent") : "");
    notice.hidden = !wasResent;
    form.hidden = !isCodeSent;
    showSentence(sentTo, ["otp.sentTo", { email: address }]);
    submit.setAttribute("aria-busy", String(busyWith === "checking"));
    resend.setAttribute("aria-busy", String(busyWith === "sending"));
    code.setAttribute("aria-invalid", String(codeError !== ""));
    setText(codeErrorText, codeError);
    showFailure(failureText, failure);
  }

  update();
}
