/**
 * needs:    language.ts, and `<template id="…">` elements in the document.
 * does:     copies a template's markup, filled with words. Nothing is parsed from a string, so a page may forbid that
 *           by Trusted Types.
 * must not: put data into markup: views do that, through `textContent` and properties.
 */
import { translate } from "./language.ts";

export function cloneTemplate(id: string): DocumentFragment {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement))
    throw new Error(`No <template id="${id}"> in the document.`);
  const content = document.importNode(template.content, true);
  translate(content);
  return content;
}

/** Keeps what is there, with its typed text and focus, if the page came with this view (vite.config.ts). */
export function fillFromTemplate(root: HTMLElement, id: string): void {
  if (root.dataset.view === id) translate(root);
  else root.replaceChildren(cloneTemplate(id));
  delete root.dataset.view;
}
