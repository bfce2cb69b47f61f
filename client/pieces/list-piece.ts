/**
 * needs:    an element on a page for signed-in people; site.ts, confirm-piece.ts, enrollment-piece.ts.
 * does:     lists the passkeys of the account there, creates, renames and deletes them, and tells the password manager
 *           which ones exist.
 * must not: show an empty list if it could not be loaded.
 */
import { ApiError } from "../http/api.ts";
import type { Passkey } from "../http/bodies.ts";
import { signalAccepted } from "../passkeys/signals.ts";
import { confirmByPasskey, neededStepUp } from "./confirm-piece.ts";
import { enrollByButton } from "./enrollment-piece.ts";
import { type PieceWords, pieceWords, wordsOfError } from "./piece-words.ts";
import { siteAt } from "./site.ts";

/** @returns empties the element: call it when the page goes on, for example in a React effect's cleanup */
export function mountPasskeys(
  root: HTMLElement,
  mountedAt: string,
  { words = pieceWords }: { readonly words?: PieceWords } = {},
): () => void {
  const { api } = siteAt(mountedAt);
  const life = new AbortController();
  const { signal } = life;
  const list = document.createElement("ul");
  const message = document.createElement("p");
  const add = buttonNamed(words.add);
  list.className = "passkeys";
  message.role = "status";
  root.replaceChildren(list, add, message);
  const enroll = () => enrollByButton(add, mountedAt, { onCreated: () => void load(), say, words });
  let stopEnrolling = enroll();

  function say(text: string): void {
    if (!signal.aborted) message.textContent = text;
  }

  async function load(afterDelete = false): Promise<void> {
    try {
      const passkeys = await api.listPasskeys();
      if (signal.aborted) return;
      list.replaceChildren(...(passkeys.length === 0 ? [itemSaying(words.empty)] : passkeys.map(itemFor)));
      await tellPasswordManager(passkeys, afterDelete);
    } catch (error) {
      say(wordsOfError(error, words));
    }
  }

  /** The user is asked for after the list, so that another account's list is never signalled for this one. */
  async function tellPasswordManager(passkeys: readonly Passkey[], afterDelete: boolean): Promise<void> {
    const [{ rpId }, { user }] = await Promise.all([api.getConfig(), api.getSession()]);
    if (user !== null && !signal.aborted) await signalAccepted({ rpId, user, passkeys, afterDelete });
  }

  function itemFor(passkey: Passkey): HTMLLIElement {
    const item = itemSaying(passkey.name);
    const rename = buttonNamed(words.rename, passkey.name);
    const remove = buttonNamed(words.delete, passkey.name);
    rename.addEventListener("click", () => void onRename(passkey), { signal });
    remove.addEventListener("click", () => void onDelete(passkey), { signal });
    item.append(" ", rename, " ", remove);
    return item;
  }

  async function onRename({ id, name: before }: Passkey): Promise<void> {
    const name = window.prompt(words.newName, before)?.trim();
    if (name === undefined || name === "" || name === before) return;
    await work(() => api.renamePasskey(id, { name }), words.renamed);
  }

  async function onDelete({ id, name }: Passkey): Promise<void> {
    if (!window.confirm(`${name}: ${words.deleteQuestion}`)) return;
    await work(() => api.deletePasskey(id), words.deleted, true);
  }

  async function work(task: () => Promise<unknown>, done: string, isDelete = false): Promise<void> {
    say("");
    try {
      await task().catch(async (error: unknown) => {
        if (!(await isConfirmed(error))) throw error;
        await task();
      });
      say(done);
    } catch (error) {
      say(wordsOfError(error, words));
    }
    if (isDelete && !signal.aborted) {
      // The account may have been full.
      stopEnrolling();
      stopEnrolling = enroll();
    }
    await load(isDelete);
  }

  async function isConfirmed(error: unknown): Promise<boolean> {
    const needed = error instanceof ApiError ? neededStepUp(error.problem) : undefined;
    if (needed === undefined || !needed.methods.includes("passkey")) return false;
    return confirmByPasskey(mountedAt, { action: needed.action, words, signal });
  }

  void load();
  return () => {
    life.abort();
    stopEnrolling();
    root.replaceChildren();
  };
}

function itemSaying(text: string): HTMLLIElement {
  const item = document.createElement("li");
  const name = document.createElement("bdi");
  name.textContent = text;
  item.append(name);
  return item;
}

function buttonNamed(text: string, of?: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  if (of !== undefined) button.ariaLabel = `${text} ${of}`;
  return button;
}
