// @vitest-environment jsdom
/** index.html and the English catalogue have the same words. */
import { expect, test } from "vitest";
import { first } from "../../client/words/languages/en/first.ts";
import { later } from "../../client/words/languages/en/later.ts";
import { openPage } from "./page.ts";

openPage();
const everywhere = [document, ...[...document.querySelectorAll("template")].map(({ content }) => content)];
const marked = everywhere.flatMap((root) => [...root.querySelectorAll<HTMLElement>("[data-text]")]);

test("The words in index.html are those of the English catalogue", () => {
  const words: Readonly<Record<string, unknown>> = { ...first, ...later };
  const differing = marked.filter(({ dataset, textContent }) => words[dataset.text ?? ""] !== textContent);
  expect(differing.map(({ outerHTML }) => outerHTML)).toEqual([]);
  expect(marked.length).toBeGreaterThan(20);
});

test("The email field is set up for autofill and has the focus from load", () => {
  const email = document.querySelector("template")?.content.querySelector("#email");
  expect(email?.getAttribute("autocomplete")).toBe("username webauthn");
  expect(email?.hasAttribute("autofocus")).toBe(true);
});

test("The live region is in the document from the start, and empty", () => {
  const status = document.getElementById("status");
  expect(status?.getAttribute("role")).toBe("status");
  expect(status?.textContent).toBe("");
});

test("index.html has no inline script, style or handler, so the strictest policy fits", () => {
  const all = everywhere.flatMap((root) => [...root.querySelectorAll("*")]);
  const inline = all.filter(
    (element) =>
      element.localName === "style" ||
      (element.localName === "script" && !element.hasAttribute("src")) ||
      [...element.attributes].some(({ name }) => name === "style" || name.startsWith("on")),
  );
  expect(inline.map(({ outerHTML }) => outerHTML)).toEqual([]);
});
