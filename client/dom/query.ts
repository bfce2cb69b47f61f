/**
 * needs:    nothing.
 * does:     finds an element that a view cannot live without, with its type.
 * must not: return something else than what was asked for: a missing element is a bug, and it throws by name.
 */
export function query<Type extends HTMLElement>(root: ParentNode, ref: string, type: new () => Type): Type {
  const element = root.querySelector(`[data-ref="${ref}"]`);
  if (element instanceof type) return element;
  throw new Error(
    `Expected ${type.name} with data-ref="${ref}", found ${element?.constructor.name ?? "none"}.`,
  );
}
