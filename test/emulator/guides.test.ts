/** The emulator's guides show what runs: each listing is a file, or a part of one, and other tests run the files. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readCommandLine } from "../../server/emulator/command-line.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
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
