/** The kit's first listing, run as its team runs it: an API that calls Authsignal itself. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

describe("an API that calls Authsignal itself", () => {
  // Below the repository, so that the recipe finds the SDK and Express there.
  let folder = "";
  beforeAll(async () => {
    await mkdir(join(root, "dist"), { recursive: true });
    folder = await mkdtemp(join(root, "dist/plain-sdk-"));
    await cp(join(root, "test/recipes/plain-sdk"), folder, { recursive: true });
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    const installed = join(folder, "node_modules/authsignal-emulator");
    await mkdir(installed, { recursive: true });
    await writeFile(
      join(installed, "package.json"),
      '{ "type": "module", "exports": { "./testing": "./testing.js" } }',
    );
    const kit = pathToFileURL(join(root, "test/kit/index.ts")).href;
    await writeFile(join(installed, "testing.js"), `export * from ${JSON.stringify(kit)};`);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("the suite of an API that calls Authsignal itself passes, without supertest and without our router", async () => {
    const { stdout } = await run(process.execPath, ["--import", "tsx", "--test", "passkeys.test.js"], {
      cwd: folder,
      env: { PATH: process.env.PATH },
    });
    expect(stdout).toMatch(/pass 3\n/);
    expect(stdout).toMatch(/fail 0\n/);
  });
});
