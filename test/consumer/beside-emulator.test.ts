/** Apps that call Authsignal themselves, tested beside the packed emulator by its command line: `exec -- <their suite>`. */
import { afterAll, expect, inject, test } from "vitest";
import { findChromium, provideChromium } from "../kit/chromium.ts";
import { freePort } from "../kit/listen.ts";
import { createProject, type Project } from "./project.ts";

const packed = inject("packed");
const projects: Project[] = [];
afterAll(async () => {
  for (const project of projects) await project.remove();
});

/** Runs a project's suite as its team does; resolves with what the emulator and the suite printed. */
async function exec(
  folders: readonly string[],
  dependencies: readonly string[],
  ...command: readonly string[]
): Promise<string> {
  const from = folders.map((folder) => `test/${folder}`);
  const project = await createProject(packed, { from, dependencies, packages: ["emulator"] });
  projects.push(project);
  const emulator = "node_modules/authsignal-emulator/dist/esm/server/emulator/cli.js";
  return await project.run("node", emulator, "exec", "--", ...command);
}

const nodeTest = ["node", "--test", "--test-reporter=tap"];

test("a Python API with the calls of Authsignal's SDK passes its suite beside the packed emulator", async () => {
  expect(await exec(["consumer/projects/python-api"], [], "python3", "-B", "-m", "unittest")).toMatch(
    /Ran 4 tests[\s\S]*\nOK/,
  );
});

test("an Express API with Authsignal's SDK passes its suite beside the packed emulator", async () => {
  const printed = await exec(["consumer/projects/express-api"], ["@authsignal/node", "express"], ...nodeTest);
  expect(printed).toContain("# pass 4\n");
});

test("an app that redirects to track's url passes its suite on the packed emulator's page and without a browser", async () => {
  provideChromium();
  const dependencies = ["@authsignal/node", "express", "playwright-core"];
  const browser = `CHROMIUM_PATH=${findChromium()}`;
  const printed = await exec(["consumer/projects/redirect"], dependencies, "env", browser, ...nodeTest);
  expect(printed).toContain("# pass 4\n");
});

test("the kit's recipe for Playwright passes with the packed emulator and the installed browser, also where Playwright has no credentials of its own", async () => {
  provideChromium();
  const dependencies = ["@authsignal/browser", "@authsignal/node", "@playwright/test", "express"];
  const environment = [`CHROMIUM_PATH=${findChromium()}`, `PORT=${await freePort()}`];
  // What `node_modules/.bin/playwright` is in a project.
  const runner = ["node", "node_modules/@playwright/test/cli.js", "test", "--reporter=list"];
  const folders = ["recipes/playwright", "consumer/projects/playwright-before-credentials"];
  const printed = await exec(folders, dependencies, "env", ...environment, ...runner);
  expect(printed).toContain("4 passed");
});
