/**
 * Says what a host installs with the package, by set-up, and what the import of the router costs: packs it, installs the
 * tarball into empty projects from the registry, and counts. `npm run bench:install`. Printed, not asserted.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { packFolder, stagePackage } from "../consumer/stage-package.ts";

const run = promisify(execFile);
const setUps: readonly (readonly [name: string, packages: readonly string[]])[] = [
  ["Express alone", ["express"]],
  ["PostgreSQL, own sessions", ["express", "pg"]],
  ["PostgreSQL and Redis", ["express", "pg", "redis", "connect-redis"]],
  ["SQLite", ["express", "libsql"]],
  ["SQLite, and the kit for tests", ["express", "libsql", "supertest", "nid-webauthn-emulator@0.2.11"]],
];
/** Runs of each import, of which the median counts. */
const imports = 7;

const work = await mkdtemp(join(tmpdir(), "install-size-"));
try {
  const tarball = await packFolder(await stagePackage(work));
  console.log(`Tarball: ${mebibytes((await stat(tarball)).size)} MiB`);
  for (const [name, packages] of setUps) {
    const folder = await install(name === "Express alone" ? packages : [...packages, tarball]);
    const { count, scripts } = await installedIn(folder);
    const size = mebibytes(await sizeOf(join(folder, "node_modules")));
    console.log(`${name.padEnd(30)} ${size} MiB, ${count} packages, ${scripts} with an install script`);
    if (name === "PostgreSQL, own sessions") await sayCostOfImport(folder);
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

async function sayCostOfImport(folder: string): Promise<void> {
  const kinds = [
    ["import", 'await import("authsignal-passkeys-express")'],
    [
      "require()",
      '(await import("node:module")).createRequire(process.cwd() + "/x.js")("authsignal-passkeys-express")',
    ],
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
    console.log(`  ${kind} of the router: ${Math.round(time)} ms of CPU, ${mebibytes(memory)} MiB of memory`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
