/**
 * needs:    <template id="passkey-list-view">, <template id="passkey-item">, styles/passkey-list.css, a session.
 * does:     lists the account's passkeys and adds one.
 * must not: show an empty list for one that could not be loaded.
 */
import type { Passkey } from "../../shared/contract.ts";
import type { CeremonyOutcome } from "../ceremony-outcome.ts";
import { explainError, explainFailure } from "../failures.ts";
import { reconcile } from "../keyed-list.ts";
import { calendarDate, t, timeAgo } from "../language.ts";
import { query } from "../query.ts";
import { announce } from "../status.ts";
import { cloneTemplate, fillFromTemplate } from "../template.ts";

export interface PasskeyListDeps {
  readonly canUsePasskeys: boolean;
  listPasskeys(): Promise<readonly Passkey[]>;
  /** The ceremony and, after success, our server's half. */
  addPasskey(): Promise<CeremonyOutcome>;
  cancelCeremony(): void;
}

export function mountPasskeyList(root: HTMLElement, deps: PasskeyListDeps): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let passkeys: readonly Passkey[] | "loading" | "failed" = "loading";
  let isWaiting = false;
  let failure = "";

  fillFromTemplate(root, "passkey-list-view");

  const list = query(root, "list", HTMLUListElement);
  const loading = query(root, "loading", HTMLElement);
  const empty = query(root, "empty", HTMLElement);
  const retry = query(root, "retry", HTMLButtonElement);
  const add = query(root, "add", HTMLButtonElement);
  const waiting = query(root, "waiting", HTMLElement);
  const cancel = query(root, "cancel", HTMLButtonElement);
  const unsupported = query(root, "unsupported", HTMLElement);
  const failureText = query(root, "failure", HTMLElement);

  add.addEventListener("click", onAdd, { signal });
  retry.addEventListener("click", load, { signal });
  cancel.addEventListener("click", () => deps.cancelCeremony(), { signal });

  async function load(): Promise<void> {
    try {
      const loaded = await deps.listPasskeys();
      if (signal.aborted) return;
      passkeys = loaded;
      failure = "";
    } catch (error) {
      if (signal.aborted) return;
      passkeys = "failed";
      failure = `${t("account.loadFailed")} ${explainError(error)}`;
    }
    update();
  }

  async function onAdd(): Promise<void> {
    if (isWaiting) return;
    isWaiting = true;
    failure = "";
    const running = deps.addPasskey();
    update();
    announce(t("ceremony.waiting"));
    try {
      const outcome = await running;
      if (signal.aborted) return;
      if (outcome.kind === "succeeded") {
        announce(t("offer.created"));
        await load();
      } else {
        announce("");
        failure = explainFailure(outcome.kind, "create") ?? "";
      }
    } catch (error) {
      if (signal.aborted) return;
      failure = explainError(error);
    }
    if (signal.aborted) return;
    isWaiting = false;
    update();
    add.focus();
  }

  function update(): void {
    const shown = typeof passkeys === "string" ? [] : passkeys;
    list.hidden = shown.length === 0;
    reconcile(list, shown, newItem, updateItem);
    loading.hidden = passkeys !== "loading";
    empty.hidden = typeof passkeys === "string" || shown.length > 0;
    retry.hidden = passkeys !== "failed";
    add.hidden = typeof passkeys === "string" || !deps.canUsePasskeys;
    add.setAttribute("aria-busy", String(isWaiting));
    unsupported.hidden = deps.canUsePasskeys;
    waiting.hidden = !isWaiting;
    failureText.textContent = failure;
  }

  update();
  void load();
  return () => {
    controller.abort();
    root.replaceChildren();
  };
}

function newItem(): HTMLElement {
  const item = cloneTemplate("passkey-item").firstElementChild;
  if (item instanceof HTMLElement) return item;
  throw new Error('<template id="passkey-item"> has no element.');
}

function updateItem(item: HTMLElement, passkey: Passkey): void {
  query(item, "name", HTMLElement).textContent = passkey.name;
  query(item, "created", HTMLElement).textContent = t("passkey.created", {
    when: calendarDate(passkey.createdAt),
  });
  query(item, "lastUsed", HTMLElement).textContent =
    passkey.lastUsedAt === null
      ? t("passkey.neverUsed")
      : t("passkey.lastUsed", { when: timeAgo(passkey.lastUsedAt) });
}
