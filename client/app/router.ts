/**
 * needs:    a server that answers every path outside the API with index.html.
 * does:     shows the view that belongs to the address, with Back and Forward; gives it a title and the focus.
 * must not: know what a view does, or who is signed in: `resolve` says which path a wanted path leads to.
 */

import { announce } from "../dom/status.ts";
import { t } from "../words/language.ts";
import type { MessageKey } from "../words/messages.ts";

export interface Screen {
  readonly title: MessageKey;
  mount(root: HTMLElement): () => void;
}

export interface Router<Path extends string> {
  /**
   * `state` stays with the history entry: it survives a reload and is back after Back. Resolves when the view is there,
   * or was overtaken by another.
   */
  go(path: Path, options?: { readonly replace?: boolean; readonly state?: unknown }): Promise<void>;
  /** Shows the view of the current address, again if it is shown already. */
  show(options?: { readonly moveFocus?: boolean }): Promise<void>;
}

export interface RouterOptions<Path extends string> {
  readonly root: HTMLElement;
  /** A screen may still have to be loaded. The view before it stays until it is here. */
  readonly screens: Readonly<Record<Path, () => Screen | Promise<Screen>>>;
  resolve(wanted: string): Path;
  /** A screen could not be loaded: the network is gone, or a newer version has replaced it. */
  onLoadFailure(root: HTMLElement): void;
  readonly signal: AbortSignal;
}

export function createRouter<Path extends string>(options: RouterOptions<Path>): Router<Path> {
  const { root, screens, resolve, onLoadFailure, signal } = options;
  let dispose: (() => void) | undefined;
  let latest: symbol | undefined;

  async function show({ moveFocus = dispose !== undefined } = {}): Promise<void> {
    const mine = Symbol();
    latest = mine;
    // What was going on belongs to the view before.
    announce("");
    const path = resolve(location.pathname);
    if (path !== location.pathname) history.replaceState(null, "", path);
    let screen: Screen | Promise<Screen>;
    try {
      screen = screens[path]();
      if (screen instanceof Promise) screen = await screen;
    } catch {
      if (latest !== mine || signal.aborted) return;
      dispose?.();
      dispose = undefined;
      onLoadFailure(root);
      return;
    }
    if (latest !== mine || signal.aborted) return;
    dispose?.();
    document.title = t("app.title", { view: t(screen.title) });
    dispose = screen.mount(root);
    if (moveFocus) focusOn(root);
  }

  window.addEventListener("popstate", () => void show(), { signal });
  signal.addEventListener("abort", () => dispose?.(), { once: true });

  return {
    go(path, { replace = false, state = null } = {}) {
      if (replace) history.replaceState(state, "", path);
      else history.pushState(state, "", path);
      return show();
    },
    show,
  };
}

/** To the one field that the view is about, else to its heading, so that a screen reader starts at the new text. */
function focusOn(root: HTMLElement): void {
  const target = root.querySelector<HTMLElement>("[data-focus]") ?? root.querySelector<HTMLElement>("h1");
  target?.focus();
}
