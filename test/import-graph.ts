/** Reads who imports whom out of the sources, with the parser that Vite brings; for the architecture test. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseSync, Visitor } from "vite";

/** A type import leaves no trace at run time; a dynamic one only when the line is reached. */
export type ImportKind = "value" | "type" | "dynamic";

export interface Import {
  readonly kind: ImportKind;
  /** A path from the repository's root, or a package's name as written. */
  readonly target: string;
}

export interface SourceFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly lineCount: number;
  readonly readsEnvironment: boolean;
  /** True for `import(variable)`: nobody can say where that leads. */
  readonly hasComputedImport: boolean;
}

/** Every TypeScript file under these folders of the repository. */
export function readSources(repository: string, folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
      .map((path) => readSource(path, readFileSync(join(repository, path), "utf8"))),
  );
}

/** The part of `readSources` that looks at one text. */
export function readSource(path: string, text: string): SourceFile {
  const imports: Import[] = [];
  let readsEnvironment = false;
  let hasComputedImport = false;

  function add(kind: ImportKind, specifier: unknown): void {
    if (typeof specifier !== "string") hasComputedImport = true;
    else imports.push({ kind, target: resolve(path, specifier) });
  }

  const { program, errors } = parseSync(path, text, { lang: "ts" });
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  new Visitor({
    ImportDeclaration(node) {
      const isType =
        node.importKind === "type" ||
        (node.specifiers.length > 0 &&
          node.specifiers.every((one) => one.type === "ImportSpecifier" && one.importKind === "type"));
      add(isType ? "type" : "value", node.source.value);
    },
    ExportNamedDeclaration(node) {
      if (node.source !== null) add(node.exportKind === "type" ? "type" : "value", node.source.value);
    },
    ExportAllDeclaration(node) {
      add(node.exportKind === "type" ? "type" : "value", node.source.value);
    },
    ImportExpression(node) {
      add("dynamic", node.source.type === "Literal" ? node.source.value : undefined);
    },
    TSImportType(node) {
      add("type", node.source.value);
    },
    MemberExpression(node) {
      if (
        node.object.type === "Identifier" &&
        node.object.name === "process" &&
        node.property.type === "Identifier" &&
        node.property.name === "env"
      ) {
        readsEnvironment = true;
      }
    },
    VariableDeclarator(node) {
      if (node.init?.type === "Identifier" && node.init.name === "process") readsEnvironment = true;
    },
  }).visit(program);

  return { path, imports, lineCount: text.trimEnd().split("\n").length, readsEnvironment, hasComputedImport };
}

/** Every file that loading `entry` can load, now or later; types do not count. */
export function reachableFrom(sources: readonly SourceFile[], entry: string): ReadonlySet<string> {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { kind, target } of byPath.get(path)?.imports ?? []) {
      if (kind !== "type") open.push(target);
    }
  }
  return reached;
}

/** Files that import each other in a circle, each circle as its sorted paths. Imports of types count. */
export function circlesIn(sources: readonly SourceFile[]): readonly (readonly string[])[] {
  const targets = new Map(sources.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));
  const from = new Map(sources.map(({ path }) => [path, reachable(targets, path)]));
  const circles = new Map<string, readonly string[]>();
  for (const [path, reached] of from) {
    if (!reached.has(path)) continue;
    const circle = [...reached].filter((other) => from.get(other)?.has(path)).sort();
    circles.set(circle.join(), circle);
  }
  return [...circles.values()];
}

/** Everything that a path leads to; itself only by way of a circle. */
function reachable(targets: ReadonlyMap<string, readonly string[]>, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...(targets.get(start) ?? [])];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    open.push(...(targets.get(path) ?? []));
  }
  return reached;
}

function resolve(from: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : specifier;
}
