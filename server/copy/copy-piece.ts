/** `npx authsignal-passkeys copy autofill --to src/passkeys`: copies a piece of the client into a project. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  filesOf,
  flattened,
  type ImportEnding,
  importEndings,
  introductionOf,
  isPieceName,
  type PieceName,
  pieces,
  snippetOf,
} from "./pieces.ts";

export class CopyError extends Error {
  override readonly name = "CopyError";
}

export interface CopyOptions {
  readonly names: readonly string[];
  /** The folder for the files, made if it is not there. */
  readonly to: string | undefined;
  /** Overwrites files that differ. */
  readonly force: boolean;
  /** What the imports of the files end in: `ts`, `js` or `none`. Default `ts`. */
  readonly imports?: string | undefined;
}

/**
 * Writes the files of the pieces side by side, and returns what to do next. Writes nothing if one of them would
 * overwrite a file that was changed.
 * @throws CopyError with what to type instead
 */
export function copyPieces({ names, to, force, imports = "ts" }: CopyOptions): string {
  const known = names.filter(isPieceName);
  const unknown = names.filter((name) => !isPieceName(name));
  const list = Object.keys(pieces).join(", ");
  if (unknown.length > 0)
    throw new CopyError(`There is no piece "${unknown.join('", "')}". Pieces: ${list}.`);
  if (known.length === 0) throw new CopyError(`Which piece? ${list}.`);
  if (to === undefined || to.trim() === "") {
    throw new CopyError(`Where to? For example: copy ${known.join(" ")} --to src/passkeys`);
  }
  if (!isImportEnding(imports)) {
    const endings = Object.keys(importEndings).join(", ");
    throw new CopyError(`--imports is "${imports}". What imports can end in: ${endings}.`);
  }
  const from = packageFolder();
  const paths = new Set(known.flatMap((name) => filesOf(from, pieces[name].file)));
  const files = [...paths].sort().map((path) => ({
    target: join(to, basename(path)),
    text: flattened(readFileSync(join(from, path), "utf8"), imports),
  }));
  const changed = files.filter(
    ({ target, text }) => existsSync(target) && readFileSync(target, "utf8") !== text,
  );
  if (changed.length > 0 && !force) {
    const names = changed.map(({ target }) => `  ${target}\n`).join("");
    throw new CopyError(`These files differ from the piece's. --force overwrites them:\n${names}`);
  }
  mkdirSync(to, { recursive: true });
  for (const { target, text } of files) writeFileSync(target, text);
  return report(known, { to, from, imports }, files.length);
}

function isImportEnding(text: string): text is ImportEnding {
  return Object.hasOwn(importEndings, text);
}

interface Copied {
  readonly to: string;
  readonly from: string;
  readonly imports: ImportEnding;
}

function report(names: readonly PieceName[], { to, from, imports }: Copied, count: number): string {
  const manifest: Readonly<Record<"dependencies" | "peerDependencies", Record<string, string> | undefined>> =
    JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  const sdk = "@authsignal/browser";
  // In the package it is a peer, with a range: the version that the pieces are tested with is the lowest of it.
  const range = { ...manifest.peerDependencies, ...manifest.dependencies }[sdk] ?? "";
  const version = /\d[\w.-]*/.exec(range)?.[0] ?? "latest";
  const readme = readFileSync(join(from, "client/README.md"), "utf8");
  const snippets = names.flatMap((name) => [
    `${pieces[name].heading}\n\n${introductionOf(readme, name)}`,
    snippetOf(readme, name, basename(resolve(to)), imports),
  ]);
  return [
    `Copied ${count} files to ${to}. They import nothing else but ${sdk}:`,
    `  npm install ${sdk}@${version}`,
    `Paste each into a file of its own beside that folder, with the path of your router in the place of "/auth":`,
    ...snippets,
  ].join("\n\n");
}

/** The folder of this package's package.json: the sources and every build lie at different depths below it. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, pieces.autofill.file))) {
    const above = dirname(folder);
    if (above === folder) throw new Error("The package has no sources of its client.");
    folder = above;
  }
  return folder;
}
