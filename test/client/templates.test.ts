// @vitest-environment jsdom
/** index.html and the catalogue say the same. */
import { expect, test } from "vitest";
import { first } from "../../client/words/languages/en/first.ts";
import { later } from "../../client/words/languages/en/later.ts";
import { openPage } from "./page.ts";

openPage();
const everywhere = [document, ...[...document.querySelectorAll("template")].map(({ content }) => content)];
const marked = everywhere.flatMap((root) => [...root.querySelectorAll<HTMLElement>("[data-text]")]);

test("the words in the markup are those of the catalogue", () => {
  const words: Readonly<Record<string, unknown>> = { ...first, ...later };
  const differing = marked.filter(({ dataset, textContent }) => words[dataset.text ?? ""] !== textContent);
  expect(differing.map(({ outerHTML }) => outerHTML)).toEqual([]);
  expect(marked.length).toBeGreaterThan(20);
});

test("the email field is armed for autofill and has the focus from load", () => {
  const email = document.querySelector("template")?.content.querySelector("#email");
  expect(email?.getAttribute("autocomplete")).toBe("username webauthn");
  expect(email?.hasAttribute("autofocus")).toBe(true);
});

test("the live region is in the document from the start, and empty", () => {
  const status = document.getElementById("status");
  expect(status?.getAttribute("role")).toBe("status");
  expect(status?.textContent).toBe("");
});

test("nothing in the page needs an exception from the strictest policy: no inline script, style or handler", () => {
  const all = everywhere.flatMap((root) => [...root.querySelectorAll("*")]);
  const inline = all.filter(
    (element) =>
      element.localName === "style" ||
      (element.localName === "script" && !element.hasAttribute("src")) ||
      [...element.attributes].some(({ name }) => name === "style" || name.startsWith("on")),
  );
  expect(inline.map(({ outerHTML }) => outerHTML)).toEqual([]);
});
