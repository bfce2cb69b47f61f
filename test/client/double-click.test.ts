// @vitest-environment jsdom
/** Ignores the second click of a double click after the first one changed the view. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { ignoreSecondClicks } from "../../client/dom/double-click.ts";

const clicked: string[] = [];
let life: AbortController;
beforeEach(() => {
  life = new AbortController();
  clicked.length = 0;
  ignoreSecondClicks(life.signal);
});
afterEach(() => {
  life.abort();
  document.body.replaceChildren();
});

function show(name: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.addEventListener("click", () => clicked.push(name));
  document.body.replaceChildren(button);
  return button;
}

function click(on: HTMLElement, { detail = 1, x = 10, pointerType = "touch" } = {}): void {
  const event = new MouseEvent("click", { bubbles: true, cancelable: true, detail, clientX: x, clientY: 10 });
  on.dispatchEvent(Object.assign(event, { pointerType }));
}

test("A second click on a control that replaced the first one is ignored", () => {
  click(show("Not now"));
  click(show("Add a passkey"));
  expect(clicked).toEqual(["Not now"]);
});

test("A second click on a dialog that opened above the control is ignored, and a later one is not", () => {
  const opener = show("Delete");
  click(opener);
  const dialog = document.body.appendChild(document.createElement("dialog"));
  const confirm = dialog.appendChild(document.createElement("button"));
  confirm.addEventListener("click", () => clicked.push("Delete passkey"));
  click(confirm);
  expect(clicked).toEqual(["Delete"]);
  click(confirm, { x: 40 });
  expect(clicked).toEqual(["Delete", "Delete passkey"]);
});

test("A second click on the same control, by keyboard, or elsewhere is not ignored", () => {
  const again = show("Again");
  click(again);
  click(again);
  click(show("By keyboard"), { detail: 0 });
  click(show("Elsewhere"), { x: 200 });
  expect(clicked).toEqual(["Again", "Again", "By keyboard", "Elsewhere"]);
});

test("A click after something was typed is not ignored, however soon it comes", () => {
  click(show("Continue to the code"));
  const code = show("Continue with the code");
  document.body.append(document.createElement("input"));
  document.querySelector("input")?.dispatchEvent(new InputEvent("input", { bubbles: true }));
  click(code);
  expect(clicked).toEqual(["Continue to the code", "Continue with the code"]);
});

test("What a mouse's second click is, the browser says: two first clicks are two clicks, however soon they come", () => {
  click(show("Continue"), { pointerType: "mouse" });
  click(show("Create a passkey"), { pointerType: "mouse" });
  click(show("Not now"), { pointerType: "mouse", detail: 2 });
  expect(clicked).toEqual(["Continue", "Create a passkey"]);
});
