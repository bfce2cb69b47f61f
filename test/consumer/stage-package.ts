/**
 * Stages what `npm pack` packs, as `npm run pack` does: two folders, each with a manifest and a README of its own. The
 * manifest of this repository is the app's, with every driver; the packages' let a host choose.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withoutDeadLinks } from "./dead-links.ts";
import { modulesOf, writeModules } from "./emitted-modules.ts";
import { packageManifest } from "./package-manifest.ts";
import { emulatorPackage, type PackageDescription, packages, routerPackage } from "./packages.ts";

export const repository = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

const notCopied = /^client\/screenshots(\/|$)|\/tsconfig[\w.]*\.json$/;

/** The staged folders. */
export interface Staged {
  readonly router: string;
  readonly emulator: string;
}

/** @param destination where the folders come to be, each under its package's name */
export async function stagePackages(destination = join(repository, "dist/packages")): Promise<Staged> {
  const emitted = await mkdtemp(join(tmpdir(), "emitted-"));
  try {
    // One after the other: each takes a core and a half.
    await tool("tsc", "-p", "test/kit/tsconfig.package.json", "--outDir", emitted);
    await tool("tsc", "-p", "client/tsconfig.package.json", "--outDir", emitted);
    for (const described of packages) await stage(described, emitted, join(destination, described.name));
  } finally {
    await rm(emitted, { recursive: true });
  }
  return { router: join(destination, routerPackage.name), emulator: join(destination, emulatorPackage.name) };
}

async function stage(described: PackageDescription, emitted: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const esm = join(folder, "dist/esm");
  const cjs = join(folder, "dist/cjs");
  const client = described.hasClient ? await filesIn(emitted, /^client\/.*\.(js|d\.ts)$/) : [];
  const modules = await modulesOf(described, emitted, client);
  await writeModules(modules, esm);
  const mode = `commonjs:${described.name}`;
  await tool("vite", "build", "--mode", mode, "--outDir", cjs, "--emptyOutDir", "--logLevel", "warn");
  // What is nearest to a file says how Node and TypeScript read it.
  await writeFile(join(cjs, "package.json"), '{ "type": "commonjs" }\n');
  await writeModules(modules, cjs, /^(server|shared|test)\/.*\.d\.ts$/);
  for (const path of [...described.copied, ...described.documents]) await copy(path, folder);
  const manifest = await packageManifest(repository, described);
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(join(import.meta.dirname, `readmes/${described.name}.md`), join(folder, "README.md"));
  for (const path of await filesIn(folder, /\.md$/)) {
    if (path === "README.md") continue;
    const file = join(folder, path);
    await writeFile(file, withoutDeadLinks(await readFile(file, "utf8"), dirname(file)));
  }
}

/** @returns the path of the tarball */
export async function packFolder(folder: string, destination = dirname(folder)): Promise<string> {
  const packed = await run("npm", [
    "pack",
    "--ignore-scripts",
    "--json",
    "--pack-destination",
    destination,
    folder,
  ]);
  // npm 12 answers an object by name, older ones a list.
  const answer: Record<string, { filename: string }> = JSON.parse(packed.stdout);
  const [tarball] = Object.values(answer);
  if (tarball === undefined) throw new Error("npm packed nothing.");
  return join(destination, tarball.filename);
}

/** @returns the paths in the folder, at any depth, that the pattern fits */
async function filesIn(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true });
  return found.map((path) => path.replaceAll("\\", "/")).filter((path) => pattern.test(path));
}

async function copy(path: string, folder: string): Promise<void> {
  await cp(join(repository, path), join(folder, path), {
    recursive: true,
    filter: (source) => !notCopied.test(source.slice(repository.length)),
  });
}

async function tool(name: string, ...args: string[]): Promise<void> {
  await run(join(repository, "node_modules/.bin", name), args, { cwd: repository });
}
