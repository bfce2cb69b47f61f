/**
 * needs:    <template id="otp-view">, otp.css.
 * does:     takes the code from the email; sends another one when the person asks and the wait is over.
 * must not: submit without a click or Enter: a person who is correcting a digit would lose an attempt.
 */

import type { PendingOtp } from "../../app/pending-otp.ts";
import { isCoolingDown, startCooldown } from "../../dom/cooldown-button.ts";
import { query } from "../../dom/query.ts";
import { setText } from "../../dom/set-text.ts";
import { announce } from "../../dom/status.ts";
import { type Failure, failureOfError, noFailure, showFailure } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import { showSentence } from "../../words/sentence.ts";
import { shownAddress } from "../../words/shown-address.ts";
import { fillFromTemplate } from "../../words/template.ts";
import { digitsOf, errorOfCode, isAboutCode } from "./otp-code.ts";

export interface OtpDeps {
  readonly sent: PendingOtp;
  /** Starts the session and shows the next view. */
  verifyCode(code: string): Promise<void>;
  sendNewCode(email: string): Promise<PendingOtp>;
  useOtherAddress(): void;
}

/** Milliseconds before its end at which a screen reader hears how long the code still works. */
const nearEnd = 2 * 60_000;

export function mountOtp(root: HTMLElement, deps: OtpDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let { sent } = deps;
  let busyWith: "nothing" | "checking" | "sending" = "nothing";
  let codeError = "";
  let failure: Failure = noFailure;
  let wasResent = false;
  let wasExpired = false;
  let wasNearEnd = sent.expiresAt - Date.now() <= nearEnd;

  fillFromTemplate(root, "otp-view");

  const form = query(root, "form", HTMLFormElement);
  const code = query(root, "code", HTMLInputElement);
  const codeErrorText = query(root, "codeError", HTMLElement);
  const sentTo = query(root, "sentTo", HTMLElement);
  const lifetime = query(root, "lifetime", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);
  const submit = query(root, "submit", HTMLButtonElement);
  const resend = query(root, "resend", HTMLButtonElement);
  const notice = query(root, "notice", HTMLElement);
  const otherAddress = query(root, "otherAddress", HTMLButtonElement);

  form.addEventListener("submit", onSubmit, { signal });
  code.addEventListener("input", onInput, { signal });
  resend.addEventListener("click", onResend, { signal });
  otherAddress.addEventListener("click", () => deps.useOtherAddress(), { signal });
  const ticking = setInterval(update, 1_000);

  function onInput(): void {
    if (codeError === "") return;
    codeError = "";
    update();
  }

  async function onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (busyWith !== "nothing" || isCoolingDown(submit)) return;
    const digits = digitsOf(code.value);
    const mistake = errorOfCode(digits);
    if (mistake !== null) {
      codeError = t(mistake);
      update();
      code.focus();
      return;
    }
    busyWith = "checking";
    failure = noFailure;
    wasResent = false;
    update();
    announce(t("otp.checking"));
    try {
      await deps.verifyCode(digits);
      return;
    } catch (error) {
      if (signal.aborted) return;
      showError(error, submit);
    }
    busyWith = "nothing";
    announce("");
    update();
    code.focus();
    code.select();
  }

  async function onResend(): Promise<void> {
    if (busyWith !== "nothing" || isCoolingDown(resend)) return;
    busyWith = "sending";
    codeError = "";
    failure = noFailure;
    wasResent = false;
    update();
    try {
      const renewed = await deps.sendNewCode(sent.email);
      if (signal.aborted) return;
      sent = renewed;
      wasResent = true;
      code.value = "";
      announce(t("otp.resent"));
      rest();
    } catch (error) {
      if (signal.aborted) return;
      showError(error, resend);
    }
    busyWith = "nothing";
    update();
    code.focus();
  }

  /** Asking again before sends nothing. */
  function rest(): void {
    startCooldown(resend, Math.ceil((sent.resendAt - Date.now()) / 1_000), signal);
  }

  /** An error of the network does not mark the code as wrong. */
  function showError(error: unknown, button: HTMLButtonElement): void {
    const failed = failureOfError(error);
    if (isAboutCode(error)) codeError = failed.words;
    else failure = failed;
    startCooldown(button, failed.pause, signal);
  }

  function update(): void {
    const minutes = Math.round((sent.expiresAt - Date.now()) / 60_000);
    const isExpired = sent.expiresAt <= Date.now();
    const isNearEnd = sent.expiresAt - Date.now() <= nearEnd;
    if (isExpired && !wasExpired) announce(t("otp.expired"));
    else if (isNearEnd && !wasNearEnd && !isExpired)
      announce(t("otp.lifetime", { count: Math.max(1, minutes) }));
    wasExpired = isExpired;
    wasNearEnd = isNearEnd;
    showSentence(sentTo, ["otp.sentTo", { email: shownAddress(sent.email) }]);
    setText(lifetime, isExpired ? t("otp.expired") : t("otp.lifetime", { count: Math.max(1, minutes) }));
    code.setAttribute("aria-invalid", String(codeError !== ""));
    code.setAttribute("aria-describedby", codeError === "" ? "code-hint" : codeErrorText.id);
    setText(codeErrorText, codeError);
    showFailure(failureText, failure);
    submit.setAttribute("aria-busy", String(busyWith === "checking"));
    resend.setAttribute("aria-busy", String(busyWith === "sending"));
    setText(notice, wasResent ? t("otp.resent") : "");
    notice.hidden = !wasResent;
  }

  update();
  rest();
  return () => {
    controller.abort();
    clearInterval(ticking);
    root.replaceChildren();
  };
}
