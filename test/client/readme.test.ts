// @vitest-environment node
/** What client/README.md shows compiles, and its lists of files are what the command copies. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { CopyError, copyPieces } from "../../server/copy/copy-piece.ts";
import { isPieceName, pieces, snippetOf } from "../../server/copy/pieces.ts";
import { readSources } from "../import-graph.ts";

const repository = `${import.meta.dirname}/../..`;
const readme = readFileSync(`${repository}/client/README.md`, "utf8");
const folder = `${repository}/dist/readme-snippets`;
const names = Object.keys(pieces).filter(isPieceName);

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(`${folder}/src`, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As `npm create vite@9 -- --template vanilla-ts` writes it. */
const vanilla = {
  compilerOptions: {
    target: "es2023",
    module: "esnext",
    lib: ["ES2023", "DOM"],
    types: ["vite/client"],
    allowArbitraryExtensions: true,
    skipLibCheck: true,
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    moduleDetection: "force",
    noEmit: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    erasableSyntaxOnly: true,
    noFallthroughCasesInSwitch: true,
  },
  include: ["src"],
};

/** TypeScript 5.5, which came before the types of the Signal API and of `getClientCapabilities`. */
const olderTypeScript = createRequire(
  createRequire(import.meta.url).resolve("@arethetypeswrong/core"),
).resolve("typescript/lib/tsc.js");

function compile(settings: object, tsc = `${repository}/node_modules/typescript/bin/tsc`): string {
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(settings));
  try {
    return execFileSync(process.execPath, [tsc, "-p", folder]).toString();
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
}

test("the snippet that starts the whole app compiles beside it", { timeout: 60_000 }, () => {
  const [snippet] = readme.match(/(?<=```ts\n)[\s\S]*?(?=```)/) ?? [];
  writeFileSync(`${folder}/src/snippet.ts`, snippet ?? "");
  const compilerOptions = {
    noEmit: true,
    composite: false,
    rootDir: "../..",
    rootDirs: ["src", "../../client"],
  };
  const settings = { extends: "../../client/tsconfig.json", include: ["src"], references: [] };
  expect(compile({ ...settings, compilerOptions })).toBe("");
});

test.each(names)(
  "the copied piece %s and its snippet compile under the settings of Vite's template",
  { timeout: 60_000 },
  (name) => {
    const printed = copyPieces({ names: [name], to: `${folder}/src/passkeys`, force: false });
    const snippet = snippetOf(readme, name, "passkeys");
    expect(printed).toContain(snippet);
    // The elements that the snippet looks for.
    for (const [, id = ""] of snippet.matchAll(/querySelector\S*\("#([\w-]+)"\)/g))
      expect(printed).toContain(`id="${id}"`);
    writeFileSync(`${folder}/src/main.ts`, snippet);
    expect(compile(vanilla)).toBe("");
    // Stricter projects.
    const strict = {
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitReturns: true,
    };
    expect(compile({ ...vanilla, compilerOptions: { ...vanilla.compilerOptions, ...strict } })).toBe("");
  },
);

test.each([
  ["none", "bundler", "esnext"],
  ["none", "node10", "esnext"],
  // Not as nodenext: the types of @authsignal/browser do not resolve there.
  ["js", "bundler", "esnext"],
])(
  "with --imports %s the pieces and their snippets compile in TypeScript 5.5 that resolves as %s, and refuses imports of .ts",
  { timeout: 60_000 },
  (imports, moduleResolution, module) => {
    const printed = copyPieces({ names, to: `${folder}/src/passkeys`, force: false, imports });
    const snippets = [...printed.matchAll(/^import [\s\S]*?(?=\n\n\n|(?![\s\S]))/gm)].map(([text]) => text);
    expect(snippets.length).toBeGreaterThanOrEqual(names.length);
    for (const [at, text] of snippets.entries()) writeFileSync(`${folder}/src/main${at}.ts`, text);
    writeFileSync(`${folder}/package.json`, '{"type":"module"}');
    const {
      allowImportingTsExtensions: _,
      types: __,
      erasableSyntaxOnly: ___,
      ...common
    } = vanilla.compilerOptions;
    const older = {
      ...common,
      target: "es2022",
      lib: ["ES2020", "DOM", "DOM.Iterable"],
      types: [],
      strict: true,
    };
    const compilerOptions = { ...older, moduleResolution, module };
    expect(compile({ ...vanilla, compilerOptions }, olderTypeScript)).toBe("");
  },
);

test("the snippets for an API on another origin compile beside a piece", { timeout: 60_000 }, () => {
  copyPieces({ names: ["button"], to: `${folder}/src/passkeys`, force: false });
  copyFileSync(`${repository}/client/http/bearer.ts`, `${folder}/src/passkeys/bearer.ts`);
  const section = readme.split(/^## /m).find((text) => text.startsWith("API on another origin")) ?? "";
  const snippets = [...section.matchAll(/(?<=```ts\n)[\s\S]*?(?=```)/g)].map(([snippet]) => snippet);
  expect(snippets).toHaveLength(2);
  for (const [index, snippet] of snippets.entries()) writeFileSync(`${folder}/src/main${index}.ts`, snippet);
  expect(compile(vanilla)).toBe("");
});

test.each(names)(
  "the list of files of %s in client/README.md is what its code and its types import",
  (name) => {
    const targets = new Map(
      readSources(repository, ["shared", "client"]).map(({ path, imports }) => [
        path,
        imports.map(({ target }) => target),
      ]),
    );
    const found = new Set<string>();
    const open: string[] = [pieces[name].file];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (found.has(path) || !targets.has(path)) continue;
      found.add(path);
      open.push(...(targets.get(path) ?? []));
    }
    const section = readme.split(/^## /m).find((text) => text.startsWith(pieces[name].heading)) ?? "";
    const listed = section.match(/(?<=```text\n)[\s\S]*?(?=\n```)/)?.[0].split("\n") ?? [];
    expect(listed).toEqual([...found].sort());
    expect(section).toContain(`Its ${listed.length} files`);
    copyPieces({ names: [name], to: `${folder}/src/copied`, force: false });
    expect(readdirSync(`${folder}/src/copied`).sort()).toEqual(listed.map((path) => basename(path)).sort());
  },
);

test("copying again changes nothing, and a changed file is overwritten only by force", () => {
  const to = `${folder}/src/passkeys`;
  const copy = (force: boolean) => copyPieces({ names: ["autofill", "list"], to, force });
  copy(false);
  copy(false);
  writeFileSync(`${to}/autofill.ts`, "// mine");
  rmSync(`${to}/site.ts`);
  expect(() => copy(false)).toThrow(/These files differ[\s\S]*autofill\.ts/);
  expect(readdirSync(to)).not.toContain("site.ts");
  expect(readFileSync(`${to}/autofill.ts`, "utf8")).toBe("// mine");
  copy(true);
  expect(readFileSync(`${to}/autofill.ts`, "utf8")).toContain("createAutofill");
});

test.each([
  [[], "src/passkeys", /Which piece\? autofill, button, enrollment, step-up, list/],
  [["login"], "src/passkeys", /There is no piece "login"\. Pieces: autofill/],
  [["list"], undefined, /Where to\? For example: copy list --to src\/passkeys/],
  [["list"], "src/passkeys", /--imports is "mjs"\. What imports can end in: ts, js, none\./, "mjs"],
  [["list"], "src/passkeys", /--imports is "toString"/, "toString"],
])("copying %j to %s says what to type instead", (wanted, to, message, imports = "ts") => {
  const copy = () => copyPieces({ names: wanted, to, force: false, imports });
  expect(copy).toThrow(CopyError);
  expect(copy).toThrow(message);
});
