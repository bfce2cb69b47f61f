/**
 * needs:    <template id="passkey-list-view">, passkey-card.ts, passkey-list.css, a session.
 * does:     lists the account's passkeys; adds, renames and deletes one.
 * must not: show an empty list if it could not be loaded.
 */
import type { Passkey } from "../../../shared/contract.ts";
import { reconcile } from "../../dom/keyed-list.ts";
import { query } from "../../dom/query.ts";
import { announce } from "../../dom/status.ts";
import { explainError } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import type { MessageKey } from "../../words/messages.ts";
import { type Sentence, showSentence } from "../../words/sentence.ts";
import { fillFromTemplate } from "../../words/template.ts";
import type { Loss } from "./delete-passkey-dialog.ts";
import { createPasskeyCard, type PasskeyCard } from "./passkey-card.ts";

export interface PasskeyListDeps {
  readonly canUsePasskeys: boolean;
  /** What happened just before this view. */
  readonly notice: Sentence | null;
  /** Shows where the person is signed in: offered when the passkeys have changed. */
  reviewSessions(): void;
  /** Whether the server lists sessions. */
  canReviewSessions(): boolean;
  /** Whether a person without a passkey can sign in with a code. */
  canUseCodes(): boolean;
  /** The credential IDs of passkeys that were used or created on this device. */
  passkeysHere(): readonly string[];
  listPasskeys(): Promise<readonly Passkey[]>;
  /** Asks where, and creates it. "maybe": it may have been stored, but the last answer did not arrive. */
  addPasskey(): Promise<"yes" | "no" | "maybe">;
  /** Null: a step-up was needed, and the person did not confirm. */
  renamePasskey(id: string, name: string): Promise<Passkey | null>;
  /** Asks for confirmation, and deletes it. False: the person did not confirm. */
  deletePasskey(passkey: Passkey, loss: Loss): Promise<boolean>;
}

/** After these changes the list offers to end other sessions, because another person may be signed in. */
const afterChanges: readonly MessageKey[] = ["offer.created", "passkey.deleted", "address.changed"];

/** Milliseconds for which the notice stays in sight while the list is scrolled. */
const timeToRead = 6_000;
/** Milliseconds after which a screen reader announces that the list is loading. */
const slow = 1_000;

export interface PasskeyListView {
  /** Moves the focus to the list. */
  focus(): void;
  /** The same as its button. */
  add(): void;
  dispose(): void;
}

export function mountPasskeyList(root: HTMLElement, deps: PasskeyListDeps): PasskeyListView {
  const controller = new AbortController();
  const { signal } = controller;
  const cards = new WeakMap<HTMLElement, PasskeyCard["show"]>();
  let passkeys: readonly Passkey[] | "loading" | "failed" = "loading";
  let failure = "";
  /** What was done last, above the list: a list that looks the same would seem to have failed. */
  let done = deps.notice;
  let settling: ReturnType<typeof setTimeout> | undefined;

  fillFromTemplate(root, "passkey-list-view");

  const title = query(root, "title", HTMLElement);
  const list = query(root, "list", HTMLUListElement);
  const loading = query(root, "loading", HTMLElement);
  const empty = query(root, "empty", HTMLElement);
  const emptyText = query(root, "emptyText", HTMLElement);
  const retry = query(root, "retry", HTMLButtonElement);
  const add = query(root, "add", HTMLButtonElement);
  const addFirst = query(root, "addFirst", HTMLButtonElement);
  const second = query(root, "second", HTMLElement);
  const unsupported = query(root, "unsupported", HTMLElement);
  const notice = query(root, "notice", HTMLElement);
  const doneText = query(root, "done", HTMLElement);
  const review = query(root, "review", HTMLButtonElement);
  const failureText = query(root, "failure", HTMLElement);

  for (const button of [add, addFirst]) button.addEventListener("click", onAdd, { signal });
  retry.addEventListener("click", onRetry, { signal });
  review.addEventListener("click", deps.reviewSessions, { signal });

  async function load(): Promise<void> {
    const telling = setTimeout(() => announce(t("account.loading")), slow);
    // A list that never comes must not be announced in the view that follows.
    signal.addEventListener("abort", () => clearTimeout(telling), { once: true });
    root.setAttribute("aria-busy", "true");
    try {
      const loaded = await deps.listPasskeys();
      if (signal.aborted) return;
      passkeys = loaded;
      failure = "";
    } catch (error) {
      if (signal.aborted) return;
      if (typeof passkeys === "string") passkeys = "failed";
      failure = `${t("account.loadFailed")} ${explainError(error)}`;
    } finally {
      clearTimeout(telling);
      root.setAttribute("aria-busy", "false");
    }
    update();
  }

  async function onRetry(): Promise<void> {
    await load();
    if (!signal.aborted && failure === "") title.focus();
  }

  async function onAdd(): Promise<void> {
    const added = await deps.addPasskey();
    if (added === "no" || signal.aborted) return;
    if (added === "yes") say("offer.created");
    await load();
  }

  async function onDelete(passkey: Passkey): Promise<void> {
    const isLast = typeof passkeys !== "string" && passkeys.length === 1;
    const loss = { isLast, canUseCodes: deps.canUseCodes() };
    if (!(await deps.deletePasskey(passkey, loss)) || signal.aborted) return;
    say("passkey.deleted", { name: passkey.name });
    if (typeof passkeys !== "string") passkeys = passkeys.filter(({ id }) => id !== passkey.id);
    update();
    // The focus was on the removed card. If the person has focused something else, it stays there.
    if (document.activeElement === document.body) title.focus();
    await load();
  }

  function say(...sentence: Sentence): void {
    done = sentence;
    announce(t(...sentence));
    notice.dataset.fresh = "";
    clearTimeout(settling);
    settling = setTimeout(() => delete notice.dataset.fresh, timeToRead);
  }

  async function onRename(id: string, name: string): Promise<boolean> {
    const renamed = await deps.renamePasskey(id, name);
    if (renamed === null || signal.aborted) return false;
    say("passkey.renamed", { name: renamed.name });
    if (typeof passkeys !== "string") passkeys = passkeys.map((one) => (one.id === id ? renamed : one));
    update();
    return true;
  }

  function newCard(): HTMLElement {
    const { element, show } = createPasskeyCard({ rename: onRename, remove: onDelete, signal });
    cards.set(element, show);
    return element;
  }

  function isHere({ credentialId }: Passkey): boolean {
    return credentialId !== null && deps.passkeysHere().includes(credentialId);
  }

  function update(): void {
    const shown = typeof passkeys === "string" ? [] : passkeys;
    list.hidden = shown.length === 0;
    reconcile(list, shown, newCard, (element, passkey) => cards.get(element)?.(passkey, isHere(passkey)));
    loading.hidden = passkeys !== "loading";
    empty.hidden = typeof passkeys === "string" || shown.length > 0;
    retry.hidden = failure === "";
    add.hidden = shown.length === 0 || !deps.canUsePasskeys;
    addFirst.hidden = !deps.canUsePasskeys;
    second.hidden = add.hidden || shown.length > 1 || shown[0]?.synced !== false;
    emptyText.hidden = !deps.canUsePasskeys;
    unsupported.hidden = deps.canUsePasskeys;
    showSentence(doneText, done);
    notice.hidden = done === null || failure !== "";
    review.hidden = done === null || !afterChanges.includes(done[0]) || !deps.canReviewSessions();
    failureText.textContent = failure;
  }

  update();
  void load();
  return {
    focus: () => title.focus(),
    add: () => void onAdd(),
    dispose() {
      controller.abort();
      clearTimeout(settling);
      root.replaceChildren();
    },
  };
}
