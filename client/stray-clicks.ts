/**
 * needs:    a document.
 * does:     swallows the second click of a double click when the first has changed what is under the pointer, by
 *           another view or a dialog on top: it was meant for what was there.
 * must not: touch the keyboard's clicks, or two clicks on the same control.
 */
const doubleClick = { milliseconds: 500, pixels: 5 } as const;

interface Click {
  readonly control: EventTarget | null;
  readonly x: number;
  readonly y: number;
  readonly at: number;
}

export function ignoreStrayClicks(signal: AbortSignal): void {
  let last: Click = { control: null, x: 0, y: 0, at: Number.NEGATIVE_INFINITY };

  function onClick(event: MouseEvent): void {
    const control = controlAt(event.target);
    const { clientX: x, clientY: y, timeStamp: at, detail } = event;
    const isKeyboard = detail === 0;
    const isSoon = at - last.at < doubleClick.milliseconds;
    const isHere = Math.hypot(x - last.x, y - last.y) <= doubleClick.pixels;
    if (!isKeyboard && isSoon && isHere && control !== last.control) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    last = { control, x, y, at };
  }

  document.addEventListener("click", onClick, { capture: true, signal });
}

/** What a click acts on: the button around a word or an icon, the field of a label. */
function controlAt(target: EventTarget | null): EventTarget | null {
  if (!(target instanceof Element)) return target;
  const control = target.closest("button, a, summary, label, input");
  return (control instanceof HTMLLabelElement ? control.control : control) ?? target;
}
