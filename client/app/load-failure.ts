/** Shows that the page could not be loaded. Its words are in index.html, because the catalogue may be what failed. */
import { fillFromTemplate } from "../words/template.ts";

export function showLoadFailure(root: HTMLElement, retry: () => void): void {
  fillFromTemplate(root, "load-failure");
  root.querySelector("h1")?.focus();
  root.querySelector("button")?.addEventListener("click", retry, { once: true });
}
