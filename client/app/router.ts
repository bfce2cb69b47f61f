/**
 * Shows the view that belongs to the address, with Back and Forward, and gives it a title and the focus. The server
 * must answer every path outside the API with index.html.
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
   * `state` stays with the history entry: it survives a reload and Back. Resolves when the view is shown, or another
   * navigation replaced it.
   */
  go(path: Path, options?: { readonly replace?: boolean; readonly state?: unknown }): Promise<void>;
  /** Shows the view of the current address, even if it is shown already. */
  show(options?: { readonly moveFocus?: boolean }): Promise<void>;
}

export interface RouterOptions<Path extends string> {
  readonly root: HTMLElement;
  /** The previous view stays until the screen is loaded. */
  readonly screens: Readonly<Record<Path, () => Screen | Promise<Screen>>>;
  resolve(wanted: string): Path;
  /** A screen could not be loaded: no network, or a newer version was deployed. */
  onLoadFailure(root: HTMLElement): void;
  readonly signal: AbortSignal;
}

export function createRouter<Path extends string>(options: RouterOptions<Path>): Router<Path> {
  const { root, screens, resolve, onLoadFailure, signal } = options;
  let dispose: (() => void) | undefined;
  let latest: symbol | undefined;

  async function show({ moveFocus = dispose !== undefined, fromTop = false } = {}): Promise<void> {
    const mine = Symbol();
    latest = mine;
    // The last announcement is about the previous view.
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
    // Back and Forward: the browser knows where the page was scrolled to.
    if (fromTop) document.documentElement.scrollTop = 0;
    // After a reload, too, the field has the focus: `autofocus` works in the first view alone.
    if (moveFocus) focusOn(root);
    else if (document.activeElement === document.body) mainField(root)?.focus();
  }

  window.addEventListener("popstate", () => void show(), { signal });
  signal.addEventListener("abort", () => dispose?.(), { once: true });

  return {
    go(path, { replace = false, state = null } = {}) {
      if (replace) history.replaceState(state, "", path);
      else history.pushState(state, "", path);
      return show({ fromTop: true });
    },
    show,
  };
}

/** Focuses the main field of the view, or its heading, so that a screen reader starts at the new text. */
function focusOn(root: HTMLElement): void {
  (mainField(root) ?? root.querySelector<HTMLElement>("h1"))?.focus();
}

function mainField(root: HTMLElement): HTMLElement | null {
  return root.querySelector("[data-focus]");
}
