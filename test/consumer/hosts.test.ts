/** Whole APIs that have added the packed packages, each with a suite of its own that runs here. */
import { afterAll, expect, inject, test } from "vitest";
import { freePort } from "../kit/listen.ts";
import { whyNoPostgres, withDatabase } from "./postgres.ts";
import { createProject, type Project, type ProjectOptions } from "./project.ts";

const packed = inject("packed");
const projects: Project[] = [];
afterAll(async () => {
  for (const project of projects) await project.remove();
});

async function newProject(
  name: string,
  dependencies: ProjectOptions["dependencies"],
  more: Partial<ProjectOptions> = {},
): Promise<Project> {
  const project = await createProject(packed, {
    from: [`test/consumer/projects/${name}`],
    dependencies,
    ...more,
  });
  projects.push(project);
  return project;
}

const nodeTest = ["--test", "--test-reporter=tap"];

const noPostgres = await whyNoPostgres();
if (noPostgres !== null) {
  const how = "Set TEST_DATABASE_URL, or run .ci/start-servers on a machine that is yours alone";
  console.warn(
    `The suite of the shop on Express 4 does not run, because PostgreSQL is missing: ${noPostgres}. ${how}.`,
  );
}

test.runIf(process.env.CI)("PostgreSQL is there in CI, for the shop on Express 4", () => {
  expect(noPostgres).toBeNull();
});

test.runIf(noPostgres === null)(
  "a shop on Express 4 with CommonJS, passport, csurf and its sessions in PostgreSQL keeps its rows, sessions and answers",
  async () => {
    const own = ["express-session", "connect-pg-simple", "csurf", "passport", "passport-local", "pg"];
    const project = await newProject("passport", [["express", "express4"], "supertest", ...own]);
    const output = await withDatabase((url) =>
      project.runWith({ DATABASE_URL: url }, "node", ...nodeTest, "app.test.js"),
    );
    expect(output).toContain("# pass 5\n");
  },
);

test("an API on Express 5 with access and refresh tokens issues its own tokens for passkeys", async () => {
  const project = await newProject("jwt", [
    ...["express", "jose", "libsql", "supertest", "typescript"],
    ...["@types/node", "@types/express", "@types/express-session", "@types/supertest"],
  ]);
  const options = ["--strict", "--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom"];
  await project.run("tsc", ...options, "--types", "node", "--outDir", "built", "app.ts", "app.test.ts");
  expect(await project.run("node", ...nodeTest, "built/app.test.js")).toContain("# pass 3\n");
});

test.each([
  ["esbuild", "esm"],
  ["esbuild", "cjs"],
  ["webpack", "esm"],
])(
  "%s bundles an API into one file (%s) that needs no driver which it does not use",
  async (bundler, format) => {
    const project = await newProject("api", ["esbuild", "express", "libsql", "supertest", "webpack"], {
      from: ["test/consumer/projects/api", "test/consumer/projects/server-bundle"],
    });
    await project.run("node", "build.mjs", bundler, format);
    expect(await project.run("node", ...nodeTest, "built/app.test.js")).toContain("# pass 2\n");
  },
);

test("an API of two brands keeps the people, passkeys and sessions of each apart", async () => {
  const project = await newProject("tenants", ["express", "libsql", "supertest"]);
  expect(await project.run("node", ...nodeTest, "app.test.js")).toContain("# pass 3\n");
});

test("an API on NestJS 11 with CommonJS starts and guards a route, its own Jest suite passes, and one that calls Authsignal itself", {
  timeout: 240_000,
}, async () => {
  const nest = ["@nestjs/common", "@nestjs/core", "@nestjs/platform-express", "reflect-metadata", "rxjs"];
  const jest = ["jest", "@jest/globals", "jest-util", "@jest/transform", "@jest/types", "babel-jest"];
  const types = ["@types/node", "@types/express", "@types/express-session", "@types/supertest"];
  const project = await newProject(
    "nestjs",
    [
      ...["@authsignal/node", "express", "libsql", "supertest", ...nest, ...jest, ...types],
      ["typescript", "@arethetypeswrong/core/node_modules/typescript"],
    ],
    {
      from: ["test/consumer/projects/nestjs", "test/recipes/nestjs", "test/recipes/runners/nest"],
      // Else it would load the TypeScript of this repository.
      copied: ["ts-jest"],
    },
  );
  expect(await project.run("jest")).toMatch(/Tests:\s+3 passed/);

  await project.run("node", "node_modules/typescript/bin/tsc", "-p", ".", "--outDir", "built");
  const port = String(await freePort());
  const origin = `http://localhost:${port}`;
  const env = {
    ...{ ORIGIN: origin, PORT: port, SESSION_SECRET: "only the tests of this app know it" },
    ...{ AUTHSIGNAL_TENANT_ID: "any", AUTHSIGNAL_API_SECRET_KEY: "any" },
    AUTHSIGNAL_API_URL: "http://localhost:9/v1",
  };
  const app = await project.start(["built/main.js"], env, /Open http/);
  try {
    expect((await fetch(`${origin}/auth/session`)).status).toBe(200);
    expect((await fetch(`${origin}/v1/account`, { method: "DELETE" })).status).toBe(401);
  } finally {
    await app.stop();
  }
});
