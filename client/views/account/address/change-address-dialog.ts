/**
 * needs:    <template id="change-address-dialog">, dialog.ts, styles/dialog.css.
 * does:     takes the new address, then the code that was sent to it.
 * must not: change anything before the code: the address may be mistyped.
 */
import { plainText } from "../../../../shared/typed-text.ts";
import { isCoolingDown, startCooldown } from "../../../dom/cooldown-button.ts";
import { query } from "../../../dom/query.ts";
import { setText } from "../../../dom/set-text.ts";
import { ApiError } from "../../../http/api.ts";
import { type Failure, failureOfError, noFailure, showFailure } from "../../../words/failures.ts";
import { t } from "../../../words/language.ts";
import { showSentence } from "../../../words/sentence.ts";
import { shownAddress } from "../../../words/shown-address.ts";
import { digitsOf, errorOfCode, isAboutCode } from "../../otp/otp-code.ts";

export interface ChangeAddressDeps {
  /** The present address. */
  readonly email: string;
  /** Sends a code to the new address. Seconds until another one can be sent; null: not confirmed to be the owner. */
  sendCode(email: string): Promise<number | null>;
  /** Changes the address, and closes the dialog. */
  verifyCode(code: string): Promise<void>;
}

export function mountChangeAddress(root: HTMLElement, deps: ChangeAddressDeps, signal: AbortSignal): void {
  let sentTo: string | null = null;
  let busyWith: "nothing" | "sending" | "resending" | "checking" = "nothing";
  let wasResent = false;
  let addressError = "";
  let codeError = "";
  let failure: Failure = noFailure;

  const addressForm = query(root, "addressForm", HTMLFormElement);
  const address = query(root, "address", HTMLInputElement);
  const addressErrorText = query(root, "addressError", HTMLElement);
  const send = query(root, "send", HTMLButtonElement);
  const codeForm = query(root, "form", HTMLFormElement);
  const code = query(root, "code", HTMLInputElement);
  const codeErrorText = query(root, "codeError", HTMLElement);
  const sentToText = query(root, "sentTo", HTMLElement);
  const submit = query(root, "submit", HTMLButtonElement);
  const resend = query(root, "resend", HTMLButtonElement);
  const other = query(root, "otherAddress", HTMLButtonElement);
  const status = query(root, "status", HTMLElement);
  const notice = query(root, "notice", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);

  addressForm.addEventListener("submit", onAddress, { signal });
  codeForm.addEventListener("submit", onCode, { signal });
  resend.addEventListener("click", () => void ask(sentTo ?? "", "resending", resend), { signal });
  other.addEventListener("click", () => backToAddress(""), { signal });

  function onAddress(event: SubmitEvent): void {
    event.preventDefault();
    const wanted = plainText(address.value);
    addressError = mistakeIn(wanted);
    if (addressError === "") return void ask(wanted, "sending", send);
    update();
    address.focus();
  }

  function mistakeIn(wanted: string): string {
    if (wanted === "") return t("signIn.emailMissing");
    if (wanted.toLowerCase() === deps.email.toLowerCase()) return t("address.same");
    return /^\S+@\S+\.\S+$/.test(wanted) ? "" : t("signIn.emailMalformed");
  }

  async function ask(
    wanted: string,
    task: "sending" | "resending",
    pressed: HTMLButtonElement,
  ): Promise<void> {
    if (busyWith !== "nothing" || isCoolingDown(pressed)) return;
    begin(task);
    try {
      const pause = await deps.sendCode(wanted);
      if (signal.aborted) return;
      if (pause !== null) {
        sentTo = wanted;
        wasResent = task === "resending";
        code.value = "";
        startCooldown(resend, pause, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.code === "validation_failed")
        return backToAddress(t("signIn.emailMalformed"));
      fail(error, pressed);
    }
    end(sentTo === null ? address : code);
  }

  async function onCode(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (busyWith !== "nothing" || isCoolingDown(submit)) return;
    const digits = digitsOf(code.value);
    const mistake = errorOfCode(digits);
    begin("checking");
    try {
      if (mistake === null) return await deps.verifyCode(digits);
      codeError = t(mistake);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.code === "email_taken")
        return backToAddress(failureOfError(error).words);
      if (isAboutCode(error)) codeError = failureOfError(error).words;
      else fail(error, submit);
    }
    end(code);
  }

  function fail(error: unknown, pressed: HTMLButtonElement): void {
    failure =
      error instanceof ApiError && error.code === "not_found"
        ? { ...failureOfError(error), words: t("address.unavailable") }
        : failureOfError(error);
    startCooldown(pressed, failure.pause, signal);
  }

  function backToAddress(mistake: string): void {
    sentTo = null;
    begin("nothing");
    addressError = mistake;
    end(address);
    address.select();
  }

  function begin(task: typeof busyWith): void {
    busyWith = task;
    failure = noFailure;
    addressError = "";
    codeError = "";
    wasResent = false;
    update();
  }

  function end(focused: HTMLElement): void {
    busyWith = "nothing";
    update();
    focused.focus();
  }

  function update(): void {
    addressForm.hidden = sentTo !== null;
    codeForm.hidden = sentTo === null;
    send.setAttribute("aria-busy", String(busyWith === "sending"));
    resend.setAttribute("aria-busy", String(busyWith === "resending"));
    submit.setAttribute("aria-busy", String(busyWith === "checking"));
    address.setAttribute("aria-invalid", String(addressError !== ""));
    code.setAttribute("aria-invalid", String(codeError !== ""));
    showSentence(sentToText, sentTo === null ? null : ["otp.sentTo", { email: shownAddress(sentTo) }]);
    setText(addressErrorText, addressError);
    setText(codeErrorText, codeError);
    setText(notice, wasResent ? t("otp.resent") : "");
    setText(status, notice.textContent ?? "");
    notice.hidden = !wasResent;
    showFailure(failureText, failure);
  }

  update();
}
