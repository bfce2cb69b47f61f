/**
 * needs:    an element `<p id="status" role="status">` that is in the document from the start: some screen readers do
 *           not read a live region that arrives together with its text.
 * does:     announces to screen readers what happens.
 * must not: announce what autofill does without the person.
 */
export function announce(text: string): void {
  const region = document.getElementById("status");
  if (region !== null) region.textContent = text;
}
