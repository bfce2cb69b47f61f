/** Finds an element of a view by `data-ref`, with its type. Throws by name if it is missing or another type. */
export function query<Type extends HTMLElement>(root: ParentNode, ref: string, type: new () => Type): Type {
  const element = root.querySelector(`[data-ref="${ref}"]`);
  if (element instanceof type) return element;
  throw new Error(`No ${type.name} with data-ref="${ref}".`);
}
