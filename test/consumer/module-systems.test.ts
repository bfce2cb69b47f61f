/** The packed packages in projects of every module system, and without the packages that a project does not use. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import {
  createProject,
  type PackedPackage,
  type PackedPackages,
  type Project,
  repository,
} from "./project.ts";

const packed = inject("packed");
const both: readonly PackedPackage[] = Object.values(packed);
const projects: Project[] = [];
afterAll(async () => {
  for (const project of projects) await project.remove();
});

async function newProject(
  from: readonly string[],
  dependencies: readonly string[],
  packages: readonly (keyof PackedPackages)[] = ["router", "emulator"],
): Promise<Project> {
  const project = await createProject(packed, { from, dependencies, packages });
  projects.push(project);
  return project;
}

const api = "test/consumer/projects/api";
const commonJs = "test/consumer/projects/commonjs";
const typed = ["typescript", "@types/node", "@types/express", "@types/express-session", "@types/supertest"];
const needed = ["express", "libsql", "supertest"];
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
/**
 * TypeScript 5.5, the oldest that is promised: package.json has @arethetypeswrong/core bring it. The current one has no
 * node10 resolution any more.
 */
const olderCompiler = join(repository, "node_modules/@arethetypeswrong/core/node_modules/typescript/bin/tsc");

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
    "a backend of CommonJS type-checks %s under TypeScript 5.5, and its suite passes",
    async (_, options) => {
      const project = await newProject([api, commonJs], [...needed, ...typed]);
      await project.run("node", olderCompiler, "--esModuleInterop", ...options, ...backend);
      expect(await project.read("built/app.js")).toContain('require("authsignal-passkeys-express")');
      expect(await project.run("node", "--test", "--test-reporter=tap", "built/app.test.js")).toContain(
        "# fail 0",
      );
    },
  );

  test.each([
    ["with nodenext resolution", ["--module", "nodenext"]],
    ["with node16 resolution", ["--module", "node16"]],
    ["with bundler resolution", ["--module", "esnext", "--moduleResolution", "bundler", "--noEmit"]],
  ])("a backend of ES modules type-checks %s under TypeScript 5.5", async (_, options) => {
    const project = await newProject([api], [...needed, ...typed]);
    await project.run("node", olderCompiler, ...options, ...backend);
  });

  test.each([
    ["the current TypeScript", "node_modules/typescript/bin/tsc"],
    ["TypeScript 5.5", olderCompiler],
  ])(
    "without one optional peer the declarations of both packages have no error under %s",
    async (_, compiler) => {
      const project = await newProject([], ["express", "typescript", "@types/node"]);
      await writeFile(
        join(project.folder, "app.ts"),
        `import { startEmulator } from "authsignal-emulator";
      import { createSoftAuthenticator } from "authsignal-emulator/testing";
      import { createPasskeysRouter, createJwtSessions, openStorage } from "authsignal-passkeys-express";
      import { routes } from "authsignal-passkeys-express/contract/routes";
      console.log(startEmulator, createSoftAuthenticator, createPasskeysRouter, createJwtSessions, openStorage, routes);`,
      );
      const options = [
        "--module",
        "nodenext",
        "--noEmit",
        ...strictest,
        "--lib",
        "es2023",
        "--types",
        "node",
      ];
      await project.run("node", compiler, ...options, "app.ts");
    },
  );
});

describe("Every entry", () => {
  test.each(both)(
    "every entry of $name has the same names for import and for require()",
    async ({ name, folder }) => {
      const project = await newProject([], needed);
      const manifest: { exports: Record<string, object | string> } = JSON.parse(
        await readFile(join(folder, "package.json"), "utf8"),
      );
      const entries = Object.entries(manifest.exports)
        .filter(([, conditions]) => typeof conditions === "object" && "require" in conditions)
        .map(([entry]) => entry.replace(/^\./, name));
      expect(entries.length).toBeGreaterThan(1);
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
    },
  );

  test.each(both)(
    "no entry of $name for require() contains import() or import.meta, which CommonJS runners cannot load",
    async ({ files, folder }) => {
      const entries = files.filter((path) => /^dist\/cjs\/[^/]+\.js$/.test(path));
      expect(entries.length).toBeGreaterThan(1);
      for (const path of entries) {
        const source = await readFile(join(folder, path), "utf8");
        expect(source.match(/\bimport\s*\(|\bimport\.meta\b/g), path).toBeNull();
      }
    },
  );
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
    [
      "@opentelemetry/api",
      "startTracing()",
      'startTracing needs @opentelemetry/api from npm: run "npm install @opentelemetry/api".',
    ],
  ])(
    "without %s one sentence says what to install, for import and for require()",
    async (_, call, sentence) => {
      const project = await newProject([], ["express"], ["router"]);
      const body = `${call}.catch((error) => console.log(error.name + ": " + error.message));`;
      const names = "{ createMetrics, openStorage, startTracing }";
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

  test("with redis 4, which a host may have for itself, one sentence says what is too old", async () => {
    const project = await newProject([], ["express", "libsql"], ["router"]);
    const call = `openStorage({ file: "app.sqlite", redisUrl: "redis://localhost:1", ${now} })`;
    await mkdir(join(project.folder, "node_modules/redis"));
    await writeFile(join(project.folder, "node_modules/redis/index.js"), "exports.createClient = () => {};");
    await writeFile(
      join(project.folder, "redis.mjs"),
      `import { openStorage } from "authsignal-passkeys-express";
      ${call}.catch((error) => console.log(error.message));`,
    );
    expect(await project.run("node", "redis.mjs")).toBe(
      'Redis needs redis 5 or newer from npm, and an older one is installed: run "npm install redis@latest".\n',
    );
  });

  test("without Redis's package one sentence says what to install", async () => {
    const project = await newProject([], ["express", "libsql"], ["router"]);
    const call = `openStorage({ file: "app.sqlite", redisUrl: "redis://localhost:1", ${now} })`;
    await writeFile(
      join(project.folder, "redis.mjs"),
      `import { openStorage } from "authsignal-passkeys-express";
      ${call}.catch((error) => console.log(error.message));`,
    );
    expect(await project.run("node", "redis.mjs")).toBe(
      'Redis needs redis from npm: run "npm install redis".\n',
    );
  });
});
