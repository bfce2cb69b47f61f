/** What the packed packages hold: files, manifests, declarations, documents. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { describe, expect, inject, test } from "vitest";
import { readSource } from "../import-graph.ts";
import { deadLinksIn } from "./dead-links.ts";
import { bins, routerPackage } from "./packages.ts";
import { type PackedPackage, repository } from "./project.ts";

const run = promisify(execFile);
const packed = inject("packed");
const both: readonly PackedPackage[] = Object.values(packed);

describe("Each packed package", () => {
  test.each(both)("the packed $name holds no file that is not its own", ({ files }) => {
    const folders = new Set(files.map((path) => path.split("/").slice(0, 2).join("/")));
    expect([...folders].filter((folder) => /^(test\/(?!kit)|\.|node_modules)/.test(folder))).toEqual([]);
    const suspicious = files.filter((path) =>
      /\.(test|map|sqlite|env|png|tsbuildinfo)(\.|$)|secret$/.test(path),
    );
    expect(suspicious.filter((path) => path !== "client/icons/touch-icon.png")).toEqual([]);
    expect(files).toContain("LICENSE");
    expect(files).toContain("README.md");
  });

  test.each(both)("publint finds nothing wrong with the packed $name", async ({ staged }) => {
    const { messages } = await publint({ pkgDir: staged, strict: true });
    expect(messages).toEqual([]);
  });
});

test("the packed router has no emulator, no test kit and nothing of the example app's entries", () => {
  const { files } = packed.router;
  expect(files).toContain("dist/esm/server/index.d.ts");
  expect(files).toContain("dist/cjs/server/index.d.ts");
  expect(files.filter((path) => /(^|\/)(emulator|kit)\//.test(path))).toEqual([]);
  expect(files.filter((path) => /server\/(local|main)\.js$/.test(path))).toEqual([]);
});

test("the packed emulator has nothing of the router but the sentence about missing packages", () => {
  const modules = packed.emulator.files.filter((path) => /^dist\/esm\/server\/.*\.js$/.test(path));
  expect(modules.filter((path) => !path.startsWith("dist/esm/server/emulator/"))).toEqual([
    "dist/esm/server/http/optional-package.js",
  ]);
});

/** Of these a host and the package have to use one and the same. */
const sharedPeers = ["express", "authsignal-passkeys-express", "@authsignal/browser"];

describe("Are the types wrong?", () => {
  test.each(both)(
    "are the types wrong? finds nothing in $name for import, require() and TypeScript's older resolution",
    async ({ tarball, folder }) => {
      const { stdout } = await run(join(repository, "node_modules/.bin/attw"), [tarball, "--format", "json"]);
      const { analysis } = JSON.parse(stdout);
      expect(analysis.problems).toEqual([]);
      const manifest: { exports: object } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      const entries = Object.keys(manifest.exports).filter((entry) => !entry.includes("*"));
      expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining(entries));
    },
  );
});

describe("The manifest", () => {
  test.each(both)(
    "the packed $name runs nothing at installation, and its peers allow what this repository tests with",
    async ({ folder, name }) => {
      const manifest: {
        scripts?: object;
        peerDependencies: Record<string, string>;
        peerDependenciesMeta: Record<string, object>;
      } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      expect(manifest.scripts).toBeUndefined();
      const required = Object.keys(manifest.peerDependencies).filter(
        (peer) => !(peer in manifest.peerDependenciesMeta),
      );
      expect(required).toEqual(name === routerPackage.name ? ["express"] : []);
      const own = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
      const here: Record<string, string> = { ...own.dependencies, ...own.devDependencies, [own.name]: "" };
      expect(Object.keys(manifest.peerDependencies).filter((peer) => here[peer] === undefined)).toEqual([]);
    },
  );

  test.each(both)(
    "no optional peer of the packed $name refuses a host that has the package for itself, in whichever version",
    async ({ folder }) => {
      const manifest: {
        peerDependencies: Record<string, string>;
        peerDependenciesMeta: Record<string, object>;
      } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      const drivers = Object.keys(manifest.peerDependenciesMeta).filter(
        (peer) => !sharedPeers.includes(peer),
      );
      expect(drivers.length).toBeGreaterThan(4);
      for (const peer of drivers) expect(manifest.peerDependencies[peer], peer).toBe("*");
    },
  );

  test.each(both)(
    "the packed $name declares every package that its modules and declarations import",
    async ({ files, folder }) => {
      const manifest: Record<"dependencies" | "peerDependencies", object> = JSON.parse(
        await readFile(join(folder, "package.json"), "utf8"),
      );
      const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
      const modules = files.filter((path) => /^dist\/esm\/.*\.(js|d\.ts)$/.test(path));
      const imported = await Promise.all(
        modules.map(async (path) => readSource(path, await readFile(join(folder, path), "utf8")).imports),
      );
      const names = imported
        .flat()
        .map(({ target }) => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? "")
        .filter((target) => !/^(node:|dist$)/.test(target));
      expect(new Set(names).size).toBeGreaterThan(5);
      expect([...new Set(names)].filter((target) => !declared.includes(target))).toEqual([]);
    },
  );
});

describe("The documents", () => {
  test.each(both)(
    "no document of the packed $name has a link that leads to no file",
    async ({ files, folder }) => {
      const documents = files.filter((path) => path.endsWith(".md"));
      expect(documents.length).toBeGreaterThan(3);
      const dead = await Promise.all(
        documents.map(async (path) => {
          const file = join(folder, path);
          const links = deadLinksIn(await readFile(file, "utf8"), dirname(file));
          return links.map((target) => `${path}: ${target}`);
        }),
      );
      expect(dead.flat()).toEqual([]);
    },
  );

  test.each(both)(
    "the README of the packed $name leads to each of its guides, and names no command of the repository",
    async ({ files, folder }) => {
      const readme = await readFile(join(folder, "README.md"), "utf8");
      const guides = files.filter((path) => path.endsWith(".md") && path !== "README.md");
      expect(guides.filter((path) => !readme.includes(`](${path})`))).toEqual([]);
      for (const [, kind, source = "", code = ""] of readme.matchAll(
        /<!-- (file|part of): (\S+) -->\n```\w+\n(.*?)```/gs,
      )) {
        const text = await readFile(join(repository, source), "utf8");
        if (kind === "file") expect(code).toBe(text);
        else expect(text).toContain(code);
      }
      expect(readme.match(/^```(js|ts)$/gm)?.length).toBe(readme.match(/^<!-- (file|part of): /gm)?.length);
      expect(readme.match(/npm (run|ci)\b|\]\(https?:[^)]*screenshots/)).toBeNull();
      const commands = [...readme.matchAll(/npx (authsignal-[\w-]+)/g)].map(([, command]) => command ?? "");
      expect(commands.length).toBeGreaterThan(0);
      expect(commands.filter((command) => bins[command] === undefined)).toEqual([]);
    },
  );
});
