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
    const { target, clientX: x, clientY: y, timeStamp: at } = event;
    const isHere = Math.hypot(x - last.x, y - last.y) <= doubleClick.pixels;
    const isSecond = countsClicks(event) ? event.detail > 1 : at - last.at < doubleClick.milliseconds;
    if (isSecond && isHere && isOutOfReach(last.target, target)) {
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

/**
 * Whether `detail` says by itself which click of a row it is: 0 is the keyboard, and a mouse has a pace that is set in
 * the system. Some browsers call each tap the first, and older ones do not say what clicked.
 */
function countsClicks(event: MouseEvent): boolean {
  return event.detail !== 1 || ("pointerType" in event && event.pointerType === "mouse");
}

/** Whether the first target was removed, or one of the two is in a dialog that the other is not in. */
function isOutOfReach(first: EventTarget | null, second: EventTarget | null): boolean {
  if (!(first instanceof Element) || !(second instanceof Element)) return false;
  return !first.isConnected || first.closest("dialog") !== second.closest("dialog");
}
