/** The document of the app, as the browser parses it, for views to mount into. */
import { readFileSync } from "node:fs";
import { vi } from "vitest";
import { loadLaterWords, useLanguage } from "../../client/words/language.ts";

await useLanguage("en");
await loadLaterWords();

const html = readFileSync(`${import.meta.dirname}/../../client/index.html`, "utf8");

/** Puts a fresh index.html into the document; returns the element that views live in. */
export function openPage(): HTMLElement {
  document.documentElement.innerHTML = html;
  const root = document.getElementById("view");
  if (root === null) throw new Error("index.html has no element for views.");
  return root;
}

/** Finds a control by the name that a person hears or sees. */
export function button(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll("button")].find(
    (element) => element.textContent?.trim() === name && element.closest("[hidden]") === null,
  );
  if (found === undefined) throw new Error(`No button named "${name}" can be seen.`);
  return found;
}

export function field(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll("label")].find(
    (element) => element.textContent?.trim() === label,
  );
  if (found?.control instanceof HTMLInputElement) return found.control;
  throw new Error(`No field labelled "${label}".`);
}

/** What the person can read in the view now. */
export function visibleText(root: HTMLElement): string {
  const copy = root.cloneNode(true);
  if (!(copy instanceof HTMLElement)) return "";
  for (const hidden of copy.querySelectorAll("[hidden]")) hidden.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

export function type(input: HTMLInputElement, text: string): void {
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Waits up to 8 seconds for something that is fast on an idle machine. */
export function eventually<Found>(check: () => Found | Promise<Found>): Promise<Found> {
  return vi.waitFor(check, { timeout: 8_000 });
}
