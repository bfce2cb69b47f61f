/** What the documents say must be what the code does. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { environmentVariables } from "../server/config/config.ts";
import { routes } from "../shared/routes.ts";

const root = `${import.meta.dirname}/..`;
const readme = readFileSync(`${root}/README.md`, "utf8");
const manifest: { scripts: Record<string, string>; dependencies: Record<string, string> } = JSON.parse(
  readFileSync(`${root}/package.json`, "utf8"),
);

test("README's table of environment variables is the configuration's own", () => {
  const rows = Object.entries(environmentVariables).map(([name, { default: value, meaning }]) => {
    const shown = value === "" ? "" : `\`${value}\``;
    return `| \`${name}\` | ${/ /.test(value) ? value : shown} | ${meaning} |`;
  });
  const table = /<!-- environment:.*?-->\n\n(.*?)\n<!-- \/environment -->/s.exec(readme)?.[1];
  expect(table).toBe(["| variable | default | meaning |", "|---|---|---|", ...rows].join("\n"));
});

test(".env.example has every variable of the configuration, with its meaning and default", () => {
  const example = readFileSync(`${root}/.env.example`, "utf8");
  const entries = Object.entries(environmentVariables).map(
    ([name, { default: value, meaning }]) =>
      `# ${meaning.replaceAll("`", "")}\n# ${name}=${/ /.test(value) ? "" : value}`,
  );
  expect(example.split("\n\n").slice(1).join("\n\n")).toBe(`${entries.join("\n\n")}\n`);
});

test("README's table of folders has every folder of server/, client/ and the emulator's room", () => {
  const table = /### Where things are\n(.*?)\n## /s.exec(readme)?.[1] ?? "";
  const foldersIn = (parent: string) =>
    readdirSync(`${root}/${parent}`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}`);
  const parents = ["server", "server/passkeys", "server/storage", "client"];
  const noCode = ["client/icons", "client/screenshots", "client/styles"];
  const folders = ["shared", "server", "client", "test", "test/kit", ...parents.flatMap(foldersIn)];
  expect(folders.filter((path) => !noCode.includes(path) && !table.includes(`](${path})`))).toEqual([]);
});

test("README names only npm scripts that exist", () => {
  const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script ?? "");
  expect(named.filter((script) => manifest.scripts[script] === undefined)).toEqual([]);
});

test("every runtime dependency has its reason in server/MAINTAINING.md", () => {
  const maintaining = readFileSync(`${root}/server/MAINTAINING.md`, "utf8");
  const table = /## Dependencies, and why\n(.*?)\n## /s.exec(maintaining)?.[1] ?? "";
  expect(Object.keys(manifest.dependencies).filter((name) => !table.includes(name))).toEqual([]);
});

test("ADDING's table of routes has every operation of the contract, and no other", () => {
  const guide = readFileSync(`${root}/server/passkeys/ADDING.md`, "utf8");
  const named = [...guide.matchAll(/^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)` \|/gm)].map(
    ([, route]) => route,
  );
  expect(named.toSorted()).toEqual(
    Object.values(routes)
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  );
});
