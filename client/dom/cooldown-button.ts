/**
 * needs:    styles/button-lazy.css, which shows the seconds left.
 * does:     takes a button out of use for some seconds and counts them down on it.
 * must not: use `disabled`, which would drop the focus, or change text that screen readers read: the style sheet shows
 *           the countdown and hides it from them.
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
    button.dataset.left = left > 90 ? inWords(Math.ceil(left / 60), "minute") : inWords(left, "second");
    if (left > 0) return;
    clearInterval(ticking);
    button.removeAttribute("aria-disabled");
    delete button.dataset.wait;
    delete button.dataset.left;
  }
}

/** In the language of the page: "30s", "2m". */
function inWords(count: number, unit: string): string {
  const language = document.documentElement.lang || undefined;
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow" }).format(count);
}

export function isCoolingDown(button: HTMLButtonElement): boolean {
  return button.dataset.wait !== undefined;
}
