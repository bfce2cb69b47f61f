/** How many lines a team writes beyond the mount, which README quotes. What counts is marked `beyond the mount`, by region or by line. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

function linesBeyond(...files: readonly string[]): number {
  const texts = files.map((file) => readFileSync(`${import.meta.dirname}/${file}`, "utf8"));
  const regions = texts.flatMap((text) => [
    ...text.matchAll(/\/\/ #region beyond the mount\n(.*?) *\/\/ #endregion/gs),
  ]);
  const inside = regions
    .flatMap(([, region = ""]) => region.split("\n"))
    .filter((line) => line.trim() !== "" && !/^\s*(\/\/|\/?\*)/.test(line));
  const alone = texts.flatMap((text) => [...text.matchAll(/\S.* \/\/ beyond the mount\n/g)]);
  return inside.length + alone.length;
}

const readme = readFileSync(`${import.meta.dirname}/../../README.md`, "utf8");
const jwt = linesBeyond("jwt-host.ts");
const passport = linesBeyond("passport-host.ts");
const nest = linesBeyond("jwt-host.ts", "nest-parts.ts");

test.each([
  ["express-session and passport", passport, 15],
  ["access and refresh tokens", jwt, 20],
  ["NestJS with access and refresh tokens", nest, 60],
])("An API with %s writes %i lines beyond the mount, and at most %i", (set, lines, most) => {
  console.log(`${set}: ${lines} lines beyond the mount`);
  expect(lines).toBeLessThanOrEqual(most);
  expect(readme).toContain(`| ${set} | ${lines} |\n`);
});
