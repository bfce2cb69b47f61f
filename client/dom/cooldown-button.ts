/**
 * needs:    styles/button.css, which shows what is left.
 * does:     takes a button out of use for some seconds and counts them down on it.
 * must not: use `disabled`: that would throw the focus away. Must not change text that is read aloud, the button's name
 *           included: the style sheet shows what is left, and says nothing in its place.
 */
export function startCooldown(button: HTMLButtonElement, seconds: number, signal: AbortSignal): void {
  if (seconds <= 0) return;
  const end = Date.now() + seconds * 1_000;
  button.setAttribute("aria-disabled", "true");
  const ticking = setInterval(update, 1_000);
  signal.addEventListener("abort", () => clearInterval(ticking), { once: true });
  update();

  function update(): void {
    const left = Math.ceil((end - Date.now()) / 1_000);
    button.dataset.wait = String(left);
    button.dataset.left = left > 90 ? `${Math.ceil(left / 60)} min` : `${left} s`;
    if (left > 0) return;
    clearInterval(ticking);
    button.removeAttribute("aria-disabled");
    delete button.dataset.wait;
    delete button.dataset.left;
  }
}

export function isCoolingDown(button: HTMLButtonElement): boolean {
  return button.dataset.wait !== undefined;
}
