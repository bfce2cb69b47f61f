/**
 * needs:    <template id="account-view">, styles/account.css, views/passkey-list.ts.
 * does:     shows who is signed in and their passkeys, and signs out.
 * must not: be mounted without a session.
 */
import type { User } from "../../shared/contract.ts";
import { explainError } from "../failures.ts";
import { t } from "../language.ts";
import { query } from "../query.ts";
import { fillFromTemplate } from "../template.ts";
import { mountPasskeyList, type PasskeyListDeps } from "./passkey-list.ts";

export interface AccountDeps extends PasskeyListDeps {
  readonly user: User;
  /** What has just happened, if that brought the person here. */
  readonly notice: string;
  signOut(): Promise<void>;
}

export function mountAccount(root: HTMLElement, deps: AccountDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let isSigningOut = false;
  let failure = "";

  fillFromTemplate(root, "account-view");

  const signedInAs = query(root, "signedInAs", HTMLElement);
  const signOut = query(root, "signOut", HTMLButtonElement);
  const notice = query(root, "notice", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);
  const disposeList = mountPasskeyList(query(root, "passkeys", HTMLElement), deps);

  signOut.addEventListener("click", onSignOut, { signal });

  async function onSignOut(): Promise<void> {
    if (isSigningOut) return;
    isSigningOut = true;
    failure = "";
    update();
    try {
      await deps.signOut();
    } catch (error) {
      if (signal.aborted) return;
      failure = explainError(error);
    }
    if (signal.aborted) return;
    isSigningOut = false;
    update();
  }

  function update(): void {
    signedInAs.textContent = t("account.signedInAs", { email: deps.user.email });
    signOut.setAttribute("aria-busy", String(isSigningOut));
    notice.textContent = deps.notice;
    notice.hidden = deps.notice === "";
    failureText.textContent = failure;
  }

  update();
  return () => {
    controller.abort();
    disposeList();
    root.replaceChildren();
  };
}
