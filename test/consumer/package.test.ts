/** The packed packages, taken by projects that know nothing of this repository. */
import { afterAll, describe, expect, inject, test } from "vitest";
import { freePort } from "../kit/listen.ts";
import { createProject, type Project } from "./project.ts";

const packed = inject("packed");
const projects: Project[] = [];
afterAll(async () => {
  for (const project of projects) await project.remove();
});

async function newProject(
  ...options: Parameters<typeof createProject> extends [unknown, infer O] ? [O] : never
) {
  const project = await createProject(packed, ...options);
  projects.push(project);
  return project;
}

const apiDependencies = ["libsql", "supertest", "typescript", "@types/node", "@types/supertest"];
const bins = "node_modules/authsignal-passkeys-express/dist/esm/server";
const emulatorCommand = "node_modules/authsignal-emulator/dist/esm/server/emulator/cli.js";
const compiler = [
  ...["--strict", "--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom", "--types", "node"],
  ...["--outDir", "built"],
];

test("an Express 5 project type-checks, and its supertest suite passes", async () => {
  const project = await newProject({
    from: ["test/consumer/projects/api"],
    dependencies: ["express", "@types/express", ...apiDependencies],
  });
  await project.run("tsc", ...compiler, "app.ts", "app.test.ts");
  expect(await project.run("node", "--test", "--test-reporter=tap", "built/app.test.js")).toContain(
    "# fail 0",
  );
});

test("the guide's app runs beside the emulator's command line, and guards its routes", async () => {
  const project = await newProject({
    from: ["test/consumer/projects/api"],
    dependencies: ["express", "libsql", "typescript", "@types/node", "@types/express"],
  });
  await project.run("tsc", ...compiler, "app.ts", "start.ts");
  const emulator = await project.start([emulatorCommand, "--port", "0"], {}, /http:\/\/localhost:\d+\/v1/);
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const env = { ORIGIN: origin, PORT: String(port), AUTHSIGNAL_API_URL: emulator.match[0] };
  // What the environment has already wins over the file.
  const app = await project.start(["--env-file=emulator.env", "built/start.js"], env, /Open http/);
  try {
    expect((await fetch(`${origin}/orders`)).status).toBe(401);
    const headers = { "Content-Type": "application/json" };
    const asked = await fetch(`${origin}/auth/otp/challenge`, {
      method: "POST",
      headers,
      body: JSON.stringify({ email: "ann@example.com" }),
    });
    expect(asked.status).toBe(202);
    const cookie = asked.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const sent = await fetch(`${emulator.match[0].replace(/v1$/, "emulator/messages")}?to=ann@example.com`);
    const [{ code }]: [{ code: string }] = await sent.json();
    const verified = await fetch(`${origin}/auth/otp/verify`, {
      method: "POST",
      headers: { ...headers, cookie },
      body: JSON.stringify({ code }),
    });
    const session = verified.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect((await fetch(`${origin}/orders`, { headers: { cookie: session } })).status).toBe(200);
    const transfer = await fetch(`${origin}/transfers`, {
      method: "POST",
      headers: { ...headers, cookie: session },
      body: JSON.stringify({ amount: 5 }),
    });
    expect(await transfer.json()).toMatchObject({ code: "passkey_required" });
  } finally {
    await app.stop();
    await emulator.stop();
  }
});

test("the Express 5 project's suite passes in an Express 4 project", async () => {
  const project = await newProject({
    from: ["test/consumer/projects/api"],
    dependencies: [["express", "express4"], ["@types/express", "@types/express4"], ...apiDependencies],
  });
  await project.run("tsc", ...compiler, "app.ts", "app.test.ts");
  expect(await project.run("node", "--test", "--test-reporter=tap", "built/app.test.js")).toContain(
    "# fail 0",
  );
});

test("a suite of an API that calls Authsignal itself needs the emulator's package alone", async () => {
  const from = ["test/consumer/projects/emulator-alone"];
  const project = await newProject({ from, dependencies: ["@authsignal/node"], packages: ["emulator"] });
  expect(await project.run("node", "--test", "--test-reporter=tap")).toContain("# pass 1\n");
});

describe("the kit's recipe for", () => {
  const kit = ["express", "libsql", "supertest"];
  const jest = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js"];

  test("the kit's recipe for CommonJS Jest passes without a flag and without a transform of the package", async () => {
    const from = ["test/recipes/app-commonjs", "test/recipes/jest-commonjs"];
    const project = await newProject({ from, dependencies: [...kit, "jest"] });
    expect(await project.run("jest")).toMatch(/Tests:\s+1 passed/);
  });

  test("a suite under ts-jest, of CommonJS with node10 resolution, creates a passkey and signs in", async () => {
    const types = ["@types/node", "@types/express", "@types/supertest"];
    const peersOfTsJest = ["jest-util", "@jest/transform", "@jest/types", "babel-jest"];
    const project = await newProject({
      from: ["test/consumer/projects/api", "test/consumer/projects/ts-jest"],
      dependencies: [
        ...[...kit, ...types, "jest", "@jest/globals", ...peersOfTsJest],
        ["typescript", "@arethetypeswrong/core/node_modules/typescript"],
      ],
      // Else it would load the TypeScript of this repository.
      copied: ["ts-jest"],
    });
    expect(await project.run("jest", "passkeys.test.ts")).toMatch(/Tests:\s+1 passed/);
  });

  test.each<[string, readonly string[], string, readonly string[], RegExp]>([
    [
      "vitest",
      ["vitest"],
      "vitest",
      ["run", "--reporter=verbose", "--hookTimeout=60000"],
      /Tests\s+1 passed/,
    ],
    ["jest", ["jest", "@jest/globals"], "node", jest, /Tests:\s+1 passed/],
    ["mocha", ["mocha"], "mocha", ["passkeys.spec.js"], /1 passing/],
    ["node-test", [], "node", ["--test", "--test-reporter=tap"], /# pass 1\n/],
  ])("the kit's recipe for %s passes", async (name, runner, tool, args, success) => {
    const from = ["test/recipes/app", `test/recipes/${name}`];
    const project = await newProject({ from, dependencies: [...kit, ...runner] });
    expect(await project.run(tool, ...args)).toMatch(success);
  });
});

test("a Vite page takes two client modules, without a validator or any of the server", async () => {
  const project = await newProject({
    from: ["test/consumer/projects/page"],
    dependencies: ["vite", "typescript", "@authsignal/browser"],
    packages: ["router"],
  });
  await project.run(
    "tsc",
    ...["--strict", "--noEmit", "--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2023,dom"],
    ...["--types", "vite/client", "main.ts"],
  );
  await project.run("vite", "build", "--logLevel", "warn");
  const scripts = (await project.list("dist/assets")).filter((name) => name.endsWith(".js"));
  const texts = await Promise.all(scripts.map((name) => project.read(`dist/assets/${name}`)));
  expect(texts.join()).toContain("/config");
  expect(texts.join()).not.toMatch(/ZodError|express-session/);
});

test("the packed command copies every piece, and esbuild bundles each without a setting", async () => {
  const project = await newProject({ from: [], dependencies: ["@authsignal/browser"], packages: ["router"] });
  const names = ["autofill", "button", "enrollment", "step-up", "list"];
  const to = ["--to", "src/passkeys"];
  const printed = await project.run("node", `${bins}/command.js`, "copy", ...names, ...to);
  expect(printed).toMatch(/npm install @authsignal\/browser@\d/);
  expect(printed).toContain("createStepUpFetch");
  const entries = names.map((name) => `src/passkeys/${name}-piece.ts`);
  await project.run("esbuild", ...entries, "--bundle", "--format=esm", "--outdir=built");
  expect(await project.list("built")).toHaveLength(names.length);
  expect(await project.read("built/list-piece.js")).not.toContain("ZodError");
});

describe("The commands of the packed packages", () => {
  test.each([
    ["emulator", "authsignal-emulator", "Usage: authsignal-emulator"],
    ["router", "authsignal-doctor", "Usage: authsignal-doctor"],
    ["router", "authsignal-passkeys", "Usage: authsignal-passkeys migrate"],
  ] as const)("with the packed %s alone the command %s says how to use it", async (name, command, usage) => {
    const dependencies = name === "router" ? ["express"] : [];
    const project = await newProject({ from: [], dependencies, packages: [name] });
    const folder = `node_modules/${packed[name].name}`;
    const manifest: { bin: Record<string, string> } = JSON.parse(
      await project.read(`${folder}/package.json`),
    );
    const file = `${folder}/${manifest.bin[command]}`;
    expect(await project.read(file)).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(await project.run("node", file, "--help")).toContain(usage);
  });
});
