/** The emulator's guides show what runs: each listing is a file, or a part of one, and the files are run. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCommandLine } from "../../server/emulator/command-line.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);
const guides = ["server/emulator/README.md", "server/emulator/OWN-APP.md"];
/** Commands and drawings. Commands are checked below. */
const prose = ["sh", "text"];

describe.each(guides)("%s", (guide) => {
  const markdown = readFileSync(join(root, guide), "utf8");

  test(`${guide} shows only code that is tested`, () => {
    const pattern = /(?:<!-- (file|part of): (\S+) -->\n)?```(\w+)\n(.*?)```/gs;
    for (const [, kind, source, language = "", code = ""] of markdown.matchAll(pattern)) {
      if (prose.includes(language)) continue;
      expect(source, `a block of ${language} without a source:\n${code}`).toBeDefined();
      const text = readFileSync(join(root, source ?? ""), "utf8");
      if (kind === "file") expect(code).toBe(text);
      else expect(text).toContain(code);
    }
  });

  test(`${guide} links only to what is there`, () => {
    const links = [...markdown.matchAll(/\]\((?!https?:)([^)#]*)/g)].map(([, link]) => link ?? "");
    const missing = links.filter((link) => link !== "" && !existsSync(join(root, dirname(guide), link)));
    expect(missing).toEqual([]);
  });
});

test("the guides and the CI recipes give the command only options that it takes", async () => {
  const files = [...guides, "test/recipes/ci/github-actions.yml", "test/recipes/ci/gitlab-ci.yml"];
  const commands = files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/npx authsignal-emulator(?: [^`\n#]*)?/g)].map(
      ([line]) =>
        line
          .replace(/<[^>]*>/g, "command")
          .trim()
          .split(/\s+/)
          .slice(2),
    ),
  );
  expect(commands.length).toBeGreaterThan(4);
  for (const args of commands) await readCommandLine(args, () => {});
});

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
