// @vitest-environment node
/** The snippets of client/README.md compile, and its lists of files are complete. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reachableFrom, readSources } from "../import-graph.ts";

const repository = `${import.meta.dirname}/../..`;
const readme = readFileSync(`${repository}/client/README.md`, "utf8");
const snippets = fences("ts");

function fences(language: string): readonly string[] {
  const fence = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g");
  return [...readme.matchAll(fence)].map(([, text]) => text ?? "");
}

test("Each snippet of client/README.md compiles as a file of that folder", { timeout: 60_000 }, () => {
  expect(snippets).toHaveLength(3);
  const folder = `${repository}/dist/readme-snippets`;
  mkdirSync(folder, { recursive: true });
  try {
    snippets.forEach((text, index) => {
      writeFileSync(`${folder}/snippet-${index}.ts`, text);
    });
    const compilerOptions = {
      noEmit: true,
      composite: false,
      rootDir: "../..",
      rootDirs: [".", "../../client"],
    };
    const settings = {
      extends: "../../client/tsconfig.json",
      compilerOptions,
      include: ["*.ts"],
      references: [],
    };
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(settings));
    expect(compile(folder)).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function compile(folder: string): string {
  try {
    return execFileSync(process.execPath, [
      `${repository}/node_modules/typescript/bin/tsc`,
      "-p",
      folder,
    ]).toString();
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
}

test.each([
  ["autofill", 1, 0],
  ["enrollment", 2, 1],
])("The list of files for %s in client/README.md is what its snippet loads", (_, snippet, list) => {
  const sources = readSources(repository, ["shared", "client"]);
  const imported = [...(snippets[snippet] ?? "").matchAll(/from "\.\/(.*?)"/g)].map(
    ([, name]) => `client/${name}`,
  );
  const loaded = new Set(imported.flatMap((path) => [path, ...reachableFrom(sources, path)]));
  const listed = fences("text")[list]?.trim().split("\n");
  expect(listed).toEqual([...loaded].filter((path) => /^(client|shared)\//.test(path)).sort());
});
