/**
 * needs:    a server that answers every path outside the API with index.html.
 * does:     shows the view that belongs to the address, with Back and Forward; gives it a title and the focus.
 * must not: know what a view does, or who is signed in: `resolve` says which path a wanted path leads to.
 */
import { t } from "./language.ts";
import type { MessageKey } from "./messages.ts";

export interface Screen {
  readonly title: MessageKey;
  mount(root: HTMLElement): () => void;
}

export interface Router<Path extends string> {
  /** `state` stays with the history entry: it survives a reload and is back after Back. */
  go(path: Path, options?: { readonly replace?: boolean; readonly state?: unknown }): void;
  /** Shows the view of the current address. */
  start(): void;
}

export interface RouterOptions<Path extends string> {
  readonly root: HTMLElement;
  readonly screens: Readonly<Record<Path, Screen>>;
  resolve(wanted: string): Path;
}

export function createRouter<Path extends string>({
  root,
  screens,
  resolve,
}: RouterOptions<Path>): Router<Path> {
  let dispose: (() => void) | undefined;

  function show(): void {
    const path = resolve(location.pathname);
    if (path !== location.pathname) history.replaceState(null, "", path);
    const isFirst = dispose === undefined;
    dispose?.();
    const screen = screens[path];
    document.title = t("app.title", { view: t(screen.title) });
    dispose = screen.mount(root);
    if (!isFirst) moveFocus(root);
  }

  window.addEventListener("popstate", show);

  return {
    go(path, { replace = false, state = null } = {}) {
      if (replace) history.replaceState(state, "", path);
      else history.pushState(state, "", path);
      show();
    },
    start: show,
  };
}

/** To the one field that the view is about, else to its heading, so that a screen reader starts at the new text. */
function moveFocus(root: HTMLElement): void {
  const target = root.querySelector<HTMLElement>("[data-focus]") ?? root.querySelector<HTMLElement>("h1");
  target?.focus();
}
