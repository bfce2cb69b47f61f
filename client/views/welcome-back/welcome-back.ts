/**
 * needs:    <template id="welcome-back-view">, welcome-back.css.
 * does:     greets the person who has a passkey on this device by their address: a passkey first, or a code, another
 *           account, or being forgotten on this device.
 * must not: open a passkey dialog without a click, or claim that the account still exists.
 */

import { isCoolingDown, startCooldown } from "../../dom/cooldown-button.ts";
import { query } from "../../dom/query.ts";
import { setText } from "../../dom/set-text.ts";
import { announce } from "../../dom/status.ts";
import { waitingIn } from "../../dom/waiting.ts";
import { type Failure, failureOfError, focusAfter, noFailure, showFailure } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import { type Sentence, showSentence } from "../../words/sentence.ts";
import { shownAddress } from "../../words/shown-address.ts";
import { cloneTemplate, fillFromTemplate } from "../../words/template.ts";
import type { SignInDeps } from "../sign-in/sign-in.ts";

export interface WelcomeBackDeps
  extends Pick<SignInDeps, "sendCode" | "hasCodes" | "signInWithPasskey" | "cancelCeremony"> {
  readonly email: string;
  readonly notice: Sentence | null;
  useOtherAccount(): void;
  forget(): void;
}

type Task = "nothing" | "code" | "passkey" | "finishing";

export function mountWelcomeBack(root: HTMLElement, deps: WelcomeBackDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let busyWith: Task = "nothing";
  let failure: Failure = noFailure;
  /** The passkey may be gone: the code is the way that works. */
  let hasFailed = false;

  fillFromTemplate(root, "welcome-back-view");

  const passkey = query(root, "passkey", HTMLButtonElement);
  const code = query(root, "code", HTMLButtonElement);
  const waiting = waitingIn(root, cloneTemplate("waiting"), { onCancel: deps.cancelCeremony, signal });
  const notice = query(root, "notice", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);
  setText(query(root, "email", HTMLElement), shownAddress(deps.email));
  showSentence(notice, deps.notice);

  passkey.addEventListener("click", onPasskey, { signal });
  code.addEventListener("click", onCode, { signal });
  void deps.hasCodes().then((has) => {
    code.hidden = !has;
  });
  query(root, "otherAccount", HTMLButtonElement).addEventListener("click", deps.useOtherAccount, { signal });
  query(root, "forget", HTMLButtonElement).addEventListener("click", deps.forget, { signal });

  async function onPasskey(): Promise<void> {
    if (busyWith !== "nothing" || isCoolingDown(passkey)) return;
    const running = deps.signInWithPasskey(
      () => begin("finishing"),
      () => begin("passkey"),
    );
    begin("passkey");
    announce(t("ceremony.waiting"));
    await end(running, passkey);
  }

  async function onCode(): Promise<void> {
    if (busyWith === "code" || busyWith === "finishing" || isCoolingDown(code)) return;
    deps.cancelCeremony();
    begin("code");
    announce(t("signIn.sending"));
    await end(
      deps.sendCode(deps.email).then(() => noFailure),
      code,
    );
  }

  function begin(task: Task): void {
    busyWith = task;
    failure = noFailure;
    update();
  }

  async function end(running: Promise<Failure>, button: HTMLButtonElement): Promise<void> {
    const result = await running.catch(failureOfError);
    // If a code was asked for meanwhile, the view is busy with that.
    if (signal.aborted || (button === passkey && busyWith === "code")) return;
    failure = result;
    if (button === passkey && failure.words !== "") hasFailed = true;
    startCooldown(button, failure.pause, signal);
    announce("");
    busyWith = "nothing";
    update();
    focusAfter(failure, button, code);
  }

  function update(): void {
    const isWaiting = busyWith === "passkey" || busyWith === "finishing";
    notice.hidden = deps.notice === null || failure.words !== "";
    passkey.setAttribute("aria-busy", String(isWaiting));
    code.setAttribute("aria-busy", String(busyWith === "code"));
    passkey.classList.toggle("button-primary", !hasFailed);
    code.classList.toggle("button-primary", hasFailed);
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
