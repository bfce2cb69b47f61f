/** Chooses what a package holds of everything that the compiler has emitted: what its entries lead to. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readSource } from "../import-graph.ts";
import { type PackageDescription, routerPackage } from "./packages.ts";

/** Where the kit reaches the router (test/kit/router.ts). */
const wayToRouter = /(["'])\.\.\/\.\.\/server\/index\.[jt]s\1/g;

/**
 * The emitted files, modules and declarations, that the entries of the package load, by their paths from `emitted`.
 * In the emulator's package the kit takes the router from the router's package.
 */
export async function modulesOf(
  described: PackageDescription,
  emitted: string,
  more: readonly string[] = [],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const sources = [
    ...Object.values(described.entries).map(({ source }) => source),
    ...Object.values(described.bins),
  ];
  const open = [...sources.flatMap((source) => [`${source}.js`, `${source}.d.ts`]), ...more];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    const text = asPackaged(described, path, await readFile(join(emitted, path), "utf8"));
    found.set(path, text);
    const isDeclaration = path.endsWith(".d.ts");
    for (const { target } of readSource(path, text).imports) {
      if (!/^(client|server|shared|test)\/.*\.[jt]s$/.test(target)) continue;
      open.push(target.replace(/\.[jt]s$/, isDeclaration ? ".d.ts" : ".js"));
    }
  }
  return found;
}

/** @param only writes the paths that it fits, of the modules that `modulesOf` has found */
export async function writeModules(
  modules: ReadonlyMap<string, string>,
  folder: string,
  only: RegExp = /./,
): Promise<void> {
  for (const [path, text] of modules) {
    if (!only.test(path)) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function asPackaged({ name, optionalPeers }: PackageDescription, path: string, text: string): string {
  const ours = name === routerPackage.name ? text : text.replace(wayToRouter, `$1${routerPackage.name}$1`);
  return path.endsWith(".d.ts") ? withoutDemands(ours, Object.keys(optionalPeers)) : ours;
}

/**
 * The compiler reports a module that a declaration imports and that is not installed. What comes of an optional peer is
 * `any` without it, and the peer's own type with it.
 */
function withoutDemands(declarations: string, peers: readonly string[]): string {
  const types = peers
    .filter((peer) => peer.startsWith("@types/"))
    .map((peer) => peer.slice("@types/".length));
  const names = [...peers, ...types].map((name) => name.replace(/[./]/g, "\\$&")).join("|");
  return declarations.replace(
    new RegExp(`^(?=.*(?:from |import\\(|declare module )["'](?:${names})["'])`, "gm"),
    "// @ts-ignore: an optional peer\n",
  );
}
