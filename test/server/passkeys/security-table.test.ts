/** `server/passkeys/README.md` says what is enforced by which test: every one of them must exist. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = `${import.meta.dirname}/../../..`;
const read = (path: string): string => readFileSync(`${root}/${path}`, "utf8");
const readme = read("server/passkeys/README.md");
const table = /<!-- security table -->\n(.*?)\n<!-- \/security table -->/s.exec(readme)?.[1] ?? "";
const rows = table
  .split("\n")
  .slice(2)
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));

/** The tests that a row names, as file and title. */
function testsOf(cell: string): [file: string, title: string][] {
  let file = "";
  return cell.split("<br>").map((entry) => {
    file = /^`([^`]+)`: /.exec(entry)?.[1] ?? file;
    return [file, /“(.+)”/.exec(entry)?.[1] ?? ""];
  });
}

const named = rows.flatMap(([id = "", , , tests = ""]) =>
  testsOf(tests).map(([file, title]) => [id, file, title] as const),
);

test.each(named)("%s is tested by %s: %s", (_, file, title) => {
  expect(existsSync(`${root}/${file}`)).toBe(true);
  const source = read(file);
  const quoted = [`"${title}"`, `'${title}'`, `\`${title}\``, JSON.stringify(title)];
  expect(quoted.some((text) => source.includes(text))).toBe(true);
});

test("every requirement from S1 to S45 is in the table or named as not covered", () => {
  const uncovered = /## What is not covered\n(.*)/s.exec(readme)?.[1] ?? "";
  const missing = Array.from({ length: 45 }, (_, at) => `S${at + 1}`).filter(
    (id) => !rows.some(([first]) => first?.split(", ").includes(id)) && !uncovered.includes(`**${id}**`),
  );
  expect(missing).toEqual([]);
});

test("the files that the table names are there", () => {
  const places = rows.flatMap(([, , where = ""]) =>
    [...where.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? ""),
  );
  const missing = places.filter((path) => !existsSync(`${root}/${path}`));
  expect(missing).toEqual([]);
});

test("the README has every option of the router, and no other", () => {
  const file = read("server/passkeys/ports/options.ts");
  const interfaces = [...file.matchAll(/^export interface Passkeys(?:Options|Policies)\b.*?^}/gms)];
  const source = interfaces.map(([text]) => text).join("\n");
  const options = [...source.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name ?? "");
  const section = (title: string) => new RegExp(`## ${title}\n(.*?)\n## `, "s").exec(readme)?.[1] ?? "";
  const described = [...`${section("The ports")}${section("The options")}`.matchAll(/^\| `(\w+)` \|/gm)].map(
    ([, name]) => name ?? "",
  );
  expect([...described].sort()).toEqual([...options].sort());
});
