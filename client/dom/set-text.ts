/**
 * needs:    nothing.
 * does:     gives an element its text.
 * must not: touch it when it says that already: a live region would be read again, a selection would be lost.
 */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
