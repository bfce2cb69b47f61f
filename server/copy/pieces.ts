/** The pieces of the client that can be copied alone, and which files each of them takes. */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** Each with its file of client/pieces/ and its heading in client/README.md, whose snippet is what to paste. */
export const pieces = {
  autofill: { file: "client/pieces/autofill-piece.ts", heading: "Autofill" },
  button: { file: "client/pieces/button-piece.ts", heading: "Button" },
  enrollment: { file: "client/pieces/enrollment-piece.ts", heading: "Enrollment" },
  "step-up": { file: "client/pieces/step-up-piece.ts", heading: "Step-up" },
  list: { file: "client/pieces/list-piece.ts", heading: "List of passkeys" },
} as const satisfies Record<string, { readonly file: string; readonly heading: string }>;

export type PieceName = keyof typeof pieces;

export function isPieceName(name: string): name is PieceName {
  return Object.hasOwn(pieces, name);
}

/** Relative imports, of types too, as our formatter writes them. */
const relativeImport = /(?<=\bfrom "|\bimport ")\.{1,2}\/[^"]+(?=")/g;

/** The piece's file and everything that it imports, as sorted paths in the package. */
export function filesOf(packageFolder: string, entry: string): readonly string[] {
  const found = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const folder = posix.dirname(path);
    const text = readFileSync(join(packageFolder, path), "utf8");
    open.push(...(text.match(relativeImport) ?? []).map((target) => posix.join(folder, target)));
  }
  return [...found].sort();
}

/** How imports of other files may end in a project, and what that is in place of `.ts`. */
export const importEndings = { ts: ".ts", js: ".js", none: "" } as const;

export type ImportEnding = keyof typeof importEndings;

/** The text of a file for a folder that holds all files of its piece side by side. */
export function flattened(text: string, ending: ImportEnding): string {
  return text.replace(
    relativeImport,
    (target) => `./${posix.basename(target, ".ts")}${importEndings[ending]}`,
  );
}

/**
 * The snippet under the piece's heading, for a file beside the folder that it was copied to.
 * @param folder that folder's name
 */
export function snippetOf(
  readme: string,
  name: PieceName,
  folder: string,
  ending: ImportEnding = "ts",
): string {
  const [, snippet = ""] = partsOf(readme, name);
  return snippet.replace(
    /"\.\/passkeys\/([\w-]+)\.ts"/g,
    (_, file) => `"./${folder}/${file}${importEndings[ending]}"`,
  );
}

/** What the page needs for the snippet, such as its elements. */
export function introductionOf(readme: string, name: PieceName): string {
  const [introduction = ""] = partsOf(readme, name);
  return introduction.trim();
}

function partsOf(readme: string, name: PieceName): readonly string[] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${pieces[name].heading}\n`));
  const parts = section?.match(/\n([\s\S]*?)```ts\n([\s\S]*?)```/)?.slice(1);
  if (parts === undefined) throw new Error(`client/README.md has no snippet for "${name}".`);
  return parts;
}
