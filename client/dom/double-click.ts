/**
 * needs:    a document.
 * does:     ignores the second click of a double click after the first one changed what is under the pointer, to
 *           another view or a dialog: it was meant for what was there before.
 * must not: ignore keyboard clicks, two clicks on the same control, or a click after something was typed.
 */
const doubleClick = { milliseconds: 500, pixels: 5 } as const;

interface Click {
  readonly target: EventTarget | null;
  readonly x: number;
  readonly y: number;
  readonly at: number;
}

export function ignoreSecondClicks(signal: AbortSignal): void {
  const none: Click = { target: null, x: 0, y: 0, at: Number.NEGATIVE_INFINITY };
  let last = none;

  function onClick(event: MouseEvent): void {
    const { target, clientX: x, clientY: y, timeStamp: at, detail } = event;
    const isKeyboard = detail === 0;
    const isSoon = at - last.at < doubleClick.milliseconds;
    const isHere = Math.hypot(x - last.x, y - last.y) <= doubleClick.pixels;
    if (!isKeyboard && isSoon && isHere && isOutOfReach(last.target, target)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    last = { target, x, y, at };
  }

  function onTyped(): void {
    last = none;
  }

  document.addEventListener("click", onClick, { capture: true, signal });
  document.addEventListener("input", onTyped, { capture: true, signal });
}

/** Whether the first target was removed, or one of the two is in a dialog that the other is not in. */
function isOutOfReach(first: EventTarget | null, second: EventTarget | null): boolean {
  if (!(first instanceof Element) || !(second instanceof Element)) return false;
  return !first.isConnected || first.closest("dialog") !== second.closest("dialog");
}
