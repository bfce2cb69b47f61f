/** The packed package in projects of every module system, and without the drivers that a project does not use. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, inject, test } from "vitest";
import { deadLinksIn } from "./dead-links.ts";
import { createProject, type Project, repository } from "./project.ts";

const run = promisify(execFile);
const packed = inject("packed");
const projects: Project[] = [];
afterAll(async () => {
  for (const project of projects) await project.remove();
});

async function newProject(from: readonly string[], dependencies: readonly string[]): Promise<Project> {
  const project = await createProject(packed, { from, dependencies });
  projects.push(project);
  return project;
}

const api = "test/consumer/projects/api";
const commonJs = "test/consumer/projects/commonjs";
const typed = ["typescript", "@types/node", "@types/express", "@types/supertest"];
const needed = ["express", "libsql", "supertest", "nid-webauthn-emulator"];
/** As strict as a project can be, and with no more of the DOM than a backend has: none. */
const strictest = [
  "--strict",
  "--exactOptionalPropertyTypes",
  "--skipLibCheck",
  "false",
  "--target",
  "es2023",
];
const backend = [
  ...strictest,
  "--lib",
  "es2023",
  "--types",
  "node",
  "--outDir",
  "built",
  "app.ts",
  "app.test.ts",
];
/** TypeScript 5.6, which came with @arethetypeswrong/cli: the current one has no node10 resolution any more. */
const olderCompiler = join(repository, "node_modules/@arethetypeswrong/core/node_modules/typescript/bin/tsc");

test("are the types wrong? finds nothing for import, require() and TypeScript's older resolution", async () => {
  const tarball = join(dirname(packed.staged), "authsignal-passkeys-express-0.1.0.tgz");
  const { stdout } = await run(join(repository, "node_modules/.bin/attw"), [tarball, "--format", "json"]);
  const { analysis } = JSON.parse(stdout);
  expect(analysis.problems).toEqual([]);
  expect(Object.keys(analysis.entrypoints)).toContain("./testing");
});

describe("A backend without the DOM's types type-checks with skipLibCheck off", () => {
  test.each([
    ["as ES modules, with nodenext resolution", ["--module", "nodenext"]],
    [
      "as ES modules, with bundler resolution",
      ["--module", "esnext", "--moduleResolution", "bundler", "--noEmit"],
    ],
  ])("a backend without the DOM's types type-checks %s", async (_, options) => {
    const project = await newProject([api], [...needed, ...typed]);
    await project.run("tsc", ...options, ...backend);
  });

  test.each([
    ["with node10 resolution", ["--module", "commonjs", "--moduleResolution", "node10"]],
    ["with node16 resolution", ["--module", "node16"]],
    ["with nodenext resolution", ["--module", "nodenext"]],
  ])(
    "a backend of CommonJS type-checks %s under TypeScript 5.6, and its suite passes",
    async (_, options) => {
      const project = await newProject([api, commonJs], [...needed, ...typed]);
      await project.run("node", olderCompiler, "--esModuleInterop", ...options, ...backend);
      expect(await project.read("built/app.js")).toContain('require("authsignal-passkeys-express")');
      expect(await project.run("node", "--test", "--test-reporter=tap", "built/app.test.js")).toContain(
        "# fail 0",
      );
    },
  );
});

describe("Every entry", () => {
  test("every entry has the same names for import and for require()", async () => {
    const project = await newProject([], needed);
    const manifest: { exports: Record<string, object | string> } = JSON.parse(
      await readFile(join(packed.folder, "package.json"), "utf8"),
    );
    const entries = Object.entries(manifest.exports)
      .filter(([, conditions]) => typeof conditions === "object" && "require" in conditions)
      .map(([entry]) => entry.replace(/^\./, "authsignal-passkeys-express"));
    expect(entries).toContain("authsignal-passkeys-express/testing");
    await writeFile(
      join(project.folder, "names.js"),
      `import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      for (const entry of ${JSON.stringify(entries)}) {
        const names = (module) => Object.keys(module).filter((name) => name !== "default").sort().join();
        const [imported, required] = [names(await import(entry)), names(require(entry))];
        if (imported !== required || imported === "") throw new Error(entry + ": " + imported + " / " + required);
      }
      console.log("all the same");`,
    );
    expect(await project.run("node", "names.js")).toBe("all the same\n");
  });

  test("no entry for require() contains import() or import.meta, which CommonJS runners cannot load", async () => {
    const files = packed.files.filter((path) => /^dist\/cjs\/[^/]+\.js$/.test(path));
    expect(files.length).toBeGreaterThan(7);
    for (const path of files) {
      const source = await readFile(join(packed.folder, path), "utf8");
      expect(source.match(/\bimport\s*\(|\bimport\.meta\b/g), path).toBeNull();
    }
  });
});

describe("Without a driver", () => {
  const now = "now: () => new Date()";
  test.each([
    [
      "libsql",
      `openStorage({ file: "app.sqlite", ${now} })`,
      'A SQLite `file` needs libsql from npm: run "npm install libsql".',
    ],
    [
      "pg",
      `openStorage({ databaseUrl: "postgres://localhost/none", ${now} })`,
      'PostgreSQL needs pg from npm: run "npm install pg".',
    ],
    [
      "prom-client",
      "createMetrics()",
      'createMetrics needs prom-client from npm: run "npm install prom-client".',
    ],
  ])(
    "without %s one sentence says what to install, for import and for require()",
    async (_, call, sentence) => {
      const project = await newProject([], ["express"]);
      const body = `${call}.catch((error) => console.log(error.name + ": " + error.message));`;
      const names = "{ createMetrics, openStorage }";
      await writeFile(
        join(project.folder, "esm.mjs"),
        `import ${names} from "authsignal-passkeys-express";\n${body}`,
      );
      await writeFile(
        join(project.folder, "cjs.cjs"),
        `const ${names} = require("authsignal-passkeys-express");\n${body}`,
      );
      for (const script of ["esm.mjs", "cjs.cjs"])
        expect(await project.run("node", script)).toBe(`MissingPackageError: ${sentence}\n`);
    },
  );

  test("without Redis's packages one sentence says what to install", async () => {
    const project = await newProject([], ["express", "libsql"]);
    const call = `openStorage({ file: "app.sqlite", redisUrl: "redis://localhost:1", ${now} })`;
    await writeFile(
      join(project.folder, "redis.mjs"),
      `import { openStorage } from "authsignal-passkeys-express";
      ${call}.catch((error) => console.log(error.message));`,
    );
    expect(await project.run("node", "redis.mjs")).toBe(
      'Redis needs redis and connect-redis from npm: run "npm install redis connect-redis".\n',
    );
  });
});

test("the packed package runs nothing at installation, and its peers allow what this repository tests with", async () => {
  const manifest: {
    scripts?: object;
    peerDependencies: Record<string, string>;
    peerDependenciesMeta: Record<string, object>;
  } = JSON.parse(await readFile(join(packed.folder, "package.json"), "utf8"));
  expect(manifest.scripts).toBeUndefined();
  const required = Object.keys(manifest.peerDependencies).filter(
    (name) => !(name in manifest.peerDependenciesMeta),
  );
  expect(required).toEqual(["express"]);
  const own = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
  const installed: Record<string, string> = { ...own.dependencies, ...own.devDependencies };
  expect(Object.keys(manifest.peerDependencies).filter((name) => installed[name] === undefined)).toEqual([]);
});

test("no document of the packed package has a link that leads to no file", async () => {
  const documents = packed.files.filter((path) => path.endsWith(".md"));
  expect(documents).toContain("README.md");
  expect(documents).toContain("server/passkeys/ADDING.md");
  const dead = await Promise.all(
    documents.map(async (path) => {
      const file = join(packed.folder, path);
      return deadLinksIn(await readFile(file, "utf8"), dirname(file)).map((target) => `${path}: ${target}`);
    }),
  );
  expect(dead.flat()).toEqual([]);
});
