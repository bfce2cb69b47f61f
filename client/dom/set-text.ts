/** Sets an element's text only if it differs: a live region would be read again, a selection would be lost. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
