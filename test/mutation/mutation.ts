/** What a mutation is, and how its places are written so that moving a file breaks no entry. */

export interface Mutation {
  /** Letter of the part, number, and the mistake: "C12-partial-list-signalled". */
  readonly id: string;
  /**
   * The name of the mutated file, behind as many folders of its path as it takes to mean one tracked file. Other folders
   * may lie between them: "client/app/router.ts" is client/app/router.ts too.
   */
  readonly file: string;
  /** The code to change. Occurs once in the file; white space counts as any white space. */
  readonly find: string;
  readonly replace: string;
  /** The test files that must see it, named in the same way. */
  readonly tests: readonly string[];
  /** Why no test can see this mistake. Such a mutation does not count, and is reported when a test does see it. */
  readonly survives?: string;
}

/** Stale entries name what they look for, so that whoever moved the code can mend the table. */
export class StaleMutation extends Error {
  override readonly name = "StaleMutation";
}

/** @returns the one tracked path that this name means */
export function resolvePath(name: string, tracked: readonly string[]): string {
  const found = tracked.filter((path) => means(name, path));
  const [path] = found;
  if (path !== undefined && found.length === 1) return path;
  const why = path === undefined ? "no tracked file has this name" : `it may mean ${found.join(" or ")}`;
  throw new StaleMutation(`"${name}": ${why}.`);
}

function means(name: string, path: string): boolean {
  const folders = name.split("/");
  const file = folders.pop();
  const rest = path.split("/");
  if (rest.pop() !== file) return false;
  return folders.every((folder) => {
    const at = rest.indexOf(folder);
    rest.splice(0, at + 1);
    return at >= 0;
  });
}

/** @returns the source with the mutation in it */
export function mutate(source: string, { find, replace }: Pick<Mutation, "find" | "replace">): string {
  const pattern = find
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("\\s+");
  const found = [...source.matchAll(new RegExp(pattern, "g"))];
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new StaleMutation(`the code ${JSON.stringify(find)} is there ${found.length} times, not once.`);
  return source.slice(0, only.index) + replace + source.slice(only.index + only[0].length);
}
