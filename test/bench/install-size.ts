/**
 * Says what a host installs with the packages, by set-up, and what their import costs: packs them, installs the tarballs
 * into empty projects from the registry, and counts. `npm run bench:install`. Printed, not asserted.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { packFolder, stagePackages } from "../consumer/stage-package.ts";

const run = promisify(execFile);
const setUps: readonly (readonly [name: string, packages: readonly string[]])[] = [
  ["Express alone", ["express"]],
  ["PostgreSQL, own sessions", ["express", "pg", "router"]],
  ["PostgreSQL and Redis", ["express", "pg", "redis", "router"]],
  ["SQLite", ["express", "libsql", "router"]],
  ["The emulator alone", ["emulator"]],
  ["The emulator and supertest", ["supertest", "emulator"]],
  ["SQLite, emulator and supertest", ["express", "libsql", "supertest", "router", "emulator"]],
];
/** The heaviest packages of a set-up that are named. */
const heaviest = 8;
/** Runs of each import, of which the median counts. */
const imports = 7;

const work = await mkdtemp(join(tmpdir(), "install-size-"));
try {
  const staged = await stagePackages(work);
  const tarballs: Record<string, string> = {};
  for (const [name, folder] of Object.entries(staged)) {
    const tarball = await packFolder(folder);
    tarballs[name] = tarball;
    console.log(`Tarball of the ${name}: ${mebibytes((await stat(tarball)).size)} MiB`);
  }
  for (const [name, packages] of setUps) {
    const folder = await install(packages.map((one) => tarballs[one] ?? one));
    const { count, scripts } = await installedIn(folder);
    const size = mebibytes(await sizeOf(join(folder, "node_modules")));
    console.log(`${name.padEnd(30)} ${size} MiB, ${count} packages, ${scripts} with an install script`);
    if (name === "PostgreSQL, own sessions") {
      await sayWhatWeighs(folder);
      await sayCostOfImport(folder, "the router", "authsignal-passkeys-express");
    }
    if (name === "The emulator and supertest")
      await sayCostOfImport(folder, "the kit", "authsignal-emulator/testing");
  }
} finally {
  await rm(work, { recursive: true });
}

async function install(packages: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(work, "host-"));
  await writeFile(join(folder, "package.json"), '{ "private": true }');
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages], { cwd: folder });
  return folder;
}

async function installedIn(folder: string): Promise<{ count: number; scripts: number }> {
  const lock: { packages: Record<string, { hasInstallScript?: boolean }> } = JSON.parse(
    await readFile(join(folder, "node_modules/.package-lock.json"), "utf8"),
  );
  const installed = Object.values(lock.packages);
  return {
    count: installed.length,
    scripts: installed.filter((one) => one.hasInstallScript === true).length,
  };
}

async function sizeOf(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files.filter((one) => one.isFile()).map(async (one) => (await stat(join(one.parentPath, one.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sayWhatWeighs(folder: string): Promise<void> {
  const lock: { packages: object } = JSON.parse(
    await readFile(join(folder, "node_modules/.package-lock.json"), "utf8"),
  );
  const sizes = await Promise.all(
    Object.keys(lock.packages)
      .filter((path) => !path.replace("node_modules/", "").includes("/node_modules/"))
      .map(async (path) => ({ path, size: await sizeOf(join(folder, path)) })),
  );
  const named = sizes
    .toSorted((a, b) => b.size - a.size)
    .slice(0, heaviest)
    .map(({ path, size }) => `${path.replace("node_modules/", "")} ${mebibytes(size)}`);
  console.log(`  of which, in MiB: ${named.join(", ")}`);
}

async function sayCostOfImport(folder: string, what: string, entry: string): Promise<void> {
  const kinds = [
    ["import", `await import("${entry}")`],
    ["require()", `(await import("node:module")).createRequire(process.cwd() + "/x.js")("${entry}")`],
  ] as const;
  for (const [kind, load] of kinds) {
    const script = `const before = process.memoryUsage().rss; const start = process.cpuUsage(); ${load};
      const { user, system } = process.cpuUsage(start);
      console.log((user + system) / 1000, process.memoryUsage().rss - before)`;
    const costs: (readonly number[])[] = [];
    for (let round = 0; round < imports; round += 1) {
      const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: folder });
      costs.push(stdout.split(" ").map(Number));
    }
    const [time = 0, memory = 0] = [0, 1].map((at) => median(costs.map((cost) => cost[at] ?? 0)));
    console.log(`  ${kind} of ${what}: ${Math.round(time)} ms of CPU, ${mebibytes(memory)} MiB of memory`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
