/**
 * needs:    an element `<p id="status" role="status">` that is in the document from the start: a live region that
 *           arrives together with its text is not read out by every screen reader.
 * does:     tells people who do not see the screen what happens.
 * must not: be used for what autofill does by itself.
 */
export function announce(text: string): void {
  const region = document.getElementById("status");
  if (region !== null) region.textContent = text;
}
