/**
 * Stages what `npm pack` packs, as `npm run pack` does: a folder with the package's own manifest. The manifest of this
 * repository is the app's, with every driver; the package's lets a host choose.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withoutDeadLinks } from "./dead-links.ts";
import { packageManifest, packageName } from "./package-manifest.ts";

export const repository = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** Sources for copying, and documents. */
const copied = ["client", "shared", "test/kit/README.md", "CHANGELOG.md", "LICENSE", "README.md"];
const notCopied = /^client\/screenshots(\/|$)|\/tsconfig[\w.]*\.json$/;

/** @returns the staged folder */
export async function stagePackage(packages = join(repository, "dist/packages")): Promise<string> {
  const folder = join(packages, packageName);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const esm = join(folder, "dist/esm");
  const cjs = join(folder, "dist/cjs");
  // One after the other: each takes a core and a half.
  await tool("tsc", "-p", "test/kit/tsconfig.package.json", "--outDir", esm);
  await tool("tsc", "-p", "client/tsconfig.package.json", "--outDir", esm);
  await tool("vite", "build", "--mode", "commonjs", "--outDir", cjs, "--emptyOutDir", "--logLevel", "warn");
  // What is nearest to a file says how Node and TypeScript read it.
  await writeFile(join(cjs, "package.json"), '{ "type": "commonjs" }\n');
  for (const path of await filesIn(esm, /^(server|shared|test)\/.*\.d\.ts$/))
    await cp(join(esm, path), join(cjs, path));
  for (const path of copied) await copy(path, folder);
  for (const path of await filesIn(join(repository, "server"), /\.md$/)) await copy(`server/${path}`, folder);
  await writeFile(
    join(folder, "package.json"),
    `${JSON.stringify(await packageManifest(repository), null, 2)}\n`,
  );
  for (const path of await filesIn(folder, /\.md$/)) {
    const file = join(folder, path);
    await writeFile(file, withoutDeadLinks(await readFile(file, "utf8"), dirname(file)));
  }
  return folder;
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
