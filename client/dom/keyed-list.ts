/**
 * needs:    nothing.
 * does:     makes the children of a list match things with ids, one element per id and in order. Elements are reused,
 *           so focus, scrolling and half-typed text survive an update.
 * must not: grow beyond that: everything else belongs in the view.
 */
export function reconcile<Thing extends { readonly id: string }>(
  list: HTMLElement,
  things: readonly Thing[],
  create: (thing: Thing) => HTMLElement,
  update: (element: HTMLElement, thing: Thing) => void,
): void {
  const byId = new Map<string, HTMLElement>();
  for (const element of list.children) {
    if (element instanceof HTMLElement) byId.set(element.dataset.key ?? "", element);
  }
  let next = list.firstElementChild;
  for (const thing of things) {
    const element = byId.get(thing.id) ?? create(thing);
    byId.delete(thing.id);
    element.dataset.key = thing.id;
    update(element, thing);
    if (element === next) next = next.nextElementSibling;
    else list.insertBefore(element, next);
  }
  for (const element of byId.values()) element.remove();
}
