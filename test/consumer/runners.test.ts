/**
 * The listings of test/kit/RUNNERS.md and test/kit/FRAMEWORKS.md: APIs that call Authsignal themselves, with the
 * packed emulator alone.
 */
import { afterAll, describe, expect, inject, test } from "vitest";
import { createProject, type Project, type ProjectOptions } from "./project.ts";

const packed = inject("packed");
const projects: Project[] = [];
afterAll(async () => {
  for (const project of projects) await project.remove();
});

/** TypeScript 5.5, the oldest that is promised and one that ts-jest takes, and what ts-jest finds beside itself. */
const olderTypeScript = ["typescript", "@arethetypeswrong/core/node_modules/typescript"] as const;
const besideTsJest = ["jest-util", "@jest/transform", "@jest/types", "babel-jest"];
/** ts-jest would otherwise load the TypeScript of this repository. */
const copied = ["ts-jest"];

/** Writes down the files of these folders of test/recipes, as a reader of the guide does. */
async function newProject(
  folders: readonly string[],
  dependencies: ProjectOptions["dependencies"],
  more: Partial<ProjectOptions> = {},
): Promise<Project> {
  const from = folders.map((folder) => `test/recipes/${folder}`);
  const project = await createProject(packed, { from, dependencies, packages: ["emulator"], ...more });
  projects.push(project);
  return project;
}

const sdk = ["@authsignal/node", "express"];

describe("without this project's router, the listing for", () => {
  test.each(["jsdom", "happy-dom"])(
    "in a Vitest project of %s a page's test and, in the environment of Node, an API's test create passkeys",
    async (environment) => {
      const own = [...sdk, "@authsignal/browser", "vitest", environment];
      const project = await newProject(["plain-sdk", "runners/vitest"], own);
      const printed = await project.run("vitest", "run", `--environment=${environment}`);
      expect(printed).toMatch(/Tests\s+2 passed/);
    },
  );

  test("without this project's router, the listing for Jest with Babel passes without a flag", async () => {
    const babel = ["babel-jest", "@babel/plugin-transform-modules-commonjs"];
    const project = await newProject(["plain-sdk", "runners/jest-babel"], [...sdk, "jest", ...babel]);
    expect(await project.run("jest")).toMatch(/Tests:\s+1 passed/);
  });

  test("without this project's router, the listing for ts-jest passes without the DOM's types and without a flag", async () => {
    const types = ["@types/node", "@types/express"];
    const own = [...sdk, ...types, "jest", "@jest/globals", ...besideTsJest, olderTypeScript];
    const project = await newProject(["runners/ts-jest"], own, { copied });
    expect(await project.run("jest")).toMatch(/Tests:\s+1 passed/);
  });

  test("without this project's router, the listing for Jest with ES modules passes", async () => {
    const project = await newProject(["plain-sdk", "runners/jest-esm"], [...sdk, "jest", "@jest/globals"]);
    const jest = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js"];
    expect(await project.run("node", ...jest)).toMatch(/Tests:\s+1 passed/);
  });

  test("without this project's router, the listing for Mocha passes and Mocha ends by itself", async () => {
    const project = await newProject(["plain-sdk", "runners/mocha"], [...sdk, "mocha"]);
    expect(await project.run("mocha", "passkeys.spec.js")).toContain("1 passing");
  });
});

describe("an API on another framework", () => {
  test("APIs on Fastify, Hono and Koa sign in with passkeys, with and without a server", async () => {
    const own = ["@authsignal/node", "fastify", "hono", "koa"];
    const project = await newProject(["frameworks"], own);
    const printed = await project.run("node", "--test", "--test-reporter=tap");
    expect(printed).toContain("# pass 4\n");
  });
});
