/**
 * The guides say what runs: every block of code is a file of a tested project, or a part of one, and every command
 * and link leads somewhere.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { bins } from "./consumer/packages.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const guides = [
  "README.md",
  "server/MAINTAINING.md",
  "server/DEPLOYING.md",
  "server/passkeys/ADDING.md",
  "server/passkeys/BESIDE-PASSWORDS.md",
  "server/passkeys/ERRORS.md",
  "server/passkeys/FITTING-IN.md",
  "server/passkeys/JWT.md",
  "server/passkeys/MOVING.md",
  "server/passkeys/NESTJS.md",
  "server/authsignal/README.md",
  "test/kit/FRAMEWORKS.md",
  "test/kit/README.md",
  "test/kit/RUNNERS.md",
];
const manifest: { scripts: Record<string, string>; version: string } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

/** Commands have a test of their own; a drawing, a unit file and a pod's description run nowhere here. */
const prose = ["sh", "text", "ini", "yaml"];

interface Block {
  readonly language: string;
  readonly code: string;
  /** Which file it is, or is part of. */
  readonly source: string | null;
  readonly isWhole: boolean;
}

function blocksOf(markdown: string): readonly Block[] {
  const pattern = /(?:<!-- (file|part of): (\S+) -->\n)?```(\w+)\n(.*?)```/gs;
  return [...markdown.matchAll(pattern)].map(([, kind, source, language = "", code = ""]) => ({
    language,
    code,
    source: source ?? null,
    isWhole: kind === "file",
  }));
}

describe.each(guides)("%s", (guide) => {
  const markdown = readFileSync(join(root, guide), "utf8");
  const blocks = blocksOf(markdown);

  test(`${guide} shows only code that is tested`, () => {
    for (const { language, code, source, isWhole } of blocks.filter(
      ({ language }) => !prose.includes(language),
    )) {
      expect(source, `a block of ${language} without a source:\n${code}`).not.toBeNull();
      const text = readFileSync(join(root, source ?? ""), "utf8");
      if (isWhole) expect(code).toBe(text);
      else expect(text).toContain(code);
    }
  });

  test(`${guide} names only commands that exist`, () => {
    const shell = blocks.filter(({ language }) => language === "sh").map(({ code }) => code);
    const text = `${shell.join("\n")}\n${markdown.replace(/```.*?```/gs, "")}`;
    const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? "");
    expect(scripts.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
    const named = [...text.matchAll(/npx (authsignal-[\w-]+)/g)].map(([, name]) => name ?? "");
    expect(named.filter((name) => bins[name] === undefined)).toEqual([]);
    const tarballs = [...text.matchAll(/authsignal-(?:passkeys-express|emulator)-([\d.]+)\.tgz/g)].map(
      ([, version]) => version,
    );
    expect(tarballs.filter((version) => version !== manifest.version)).toEqual([]);
  });

  test(`${guide} links only to what is there`, () => {
    const links = [...markdown.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? "");
    expect(links.filter((link) => !existsSync(join(root, dirname(guide), link)))).toEqual([]);
  });
});

test("README leads to every guide", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const others = guides.filter((guide) => guide !== "README.md");
  expect(others.filter((guide) => !readme.includes(`](${guide})`))).toEqual([]);
});
