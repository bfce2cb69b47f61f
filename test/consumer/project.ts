/**
 * An empty folder with the packed packages in it, as `npm install <tarball>` leaves it. Nothing is downloaded: the
 * packages' declared dependencies, and what the project declares itself, are links to what this repository has
 * installed. What is declared by neither cannot be found, as in a real project; an optional peer is the project's to
 * declare.
 */
import { type ChildProcess, type ExecFileException, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { emulatorPackage, routerPackage } from "./packages.ts";
import { packFolder, repository, stagePackages } from "./stage-package.ts";

export { repository };

const run = promisify(execFile);

export interface PackedPackage {
  readonly name: string;
  readonly tarball: string;
  /** What was packed. */
  readonly staged: string;
  /** The unpacked tarball. */
  readonly folder: string;
  /** Every file in it. */
  readonly files: readonly string[];
}

export interface PackedPackages {
  readonly router: PackedPackage;
  readonly emulator: PackedPackage;
}

/** Packs as `npm run pack` does, and unpacks. */
export async function packPackages(): Promise<{ packed: PackedPackages; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "packed-"));
  const staged = await stagePackages(folder);
  return {
    packed: {
      router: await unpacked(routerPackage.name, staged.router),
      emulator: await unpacked(emulatorPackage.name, staged.emulator),
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

async function unpacked(name: string, staged: string): Promise<PackedPackage> {
  const tarball = await packFolder(staged);
  const parent = await mkdtemp(join(dirname(staged), "unpacked-"));
  await run("tar", ["-xzf", tarball, "-C", parent]);
  const folder = join(parent, "package");
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((one) => one.isFile())
    .map((one) => relative(folder, join(one.parentPath, one.name)).replaceAll("\\", "/"));
  return { name, tarball, staged, folder, files: paths };
}

export interface ProjectOptions {
  /** Folders of this repository whose files the project starts with. */
  readonly from: readonly string[];
  /** What the project's own package.json declares: a name, or a name and where this repository keeps it. */
  readonly dependencies: readonly (string | readonly [name: string, installedAs: string])[];
  /** Packages that are copied in the place of a link, so that they find the project's own peers. Default: none. */
  readonly copied?: readonly string[];
  /** Which of the packages are installed. Default: both. */
  readonly packages?: readonly (keyof PackedPackages)[];
}

export interface Project {
  readonly folder: string;
  /** Runs a command line tool of the project; resolves with what it printed, rejects with that if it failed. */
  run(tool: string, ...args: string[]): Promise<string>;
  /** The same with variables in the environment. */
  runWith(env: Readonly<Record<string, string>>, tool: string, ...args: string[]): Promise<string>;
  /** Starts Node with these arguments, for a script that goes on running; resolves when it has printed this. */
  start(args: readonly string[], env: Record<string, string>, printed: RegExp): Promise<Running>;
  read(file: string): Promise<string>;
  list(folder: string): Promise<readonly string[]>;
  remove(): Promise<void>;
}

export interface Running {
  /** What the pattern matched. */
  readonly match: RegExpExecArray;
  stop(): Promise<void>;
}

export async function createProject(packed: PackedPackages, options: ProjectOptions): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "consumer-"));
  for (const from of options.from) await cp(join(repository, from), folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }), {
    flag: "wx",
  }).catch(() => "The project has one.");
  const modules = join(folder, "node_modules");
  for (const one of options.packages ?? (["router", "emulator"] as const))
    await install(packed[one].folder, join(modules, packed[one].name));
  for (const name of options.copied ?? [])
    await install(join(repository, "node_modules", name), join(modules, name));
  for (const one of options.dependencies) {
    const [name, installedAs] = typeof one === "string" ? [one, one] : one;
    await link(folder, name, installedAs);
  }
  const runWith: Project["runWith"] = async (given, tool, ...args) => {
    const command = tool === "node" ? process.execPath : join(repository, "node_modules/.bin", tool);
    // Without what the suite that runs this has set for itself.
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1", ...given };
    const done = await run(command, args, { cwd: folder, env }).catch((error: ExecFileException) => {
      throw new Error(`${tool} ${args.join(" ")} failed:\n${error.stdout}\n${error.stderr}`);
    });
    return `${done.stdout}${done.stderr}`;
  };
  return {
    folder,
    run: (tool, ...args) => runWith({}, tool, ...args),
    runWith,
    async start(args, env, printed) {
      const { PATH = "" } = process.env;
      const child = spawn(process.execPath, args, { cwd: folder, env: { PATH, ...env } });
      const match = await whenPrinted(child, printed);
      return {
        match,
        async stop() {
          child.kill("SIGTERM");
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
        },
      };
    },
    read: (file) => readFile(join(folder, file), "utf8"),
    list: (inner) => readdir(join(folder, inner)),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Copies the package, and links what it depends on and does not hold itself. */
async function install(folder: string, place: string): Promise<void> {
  await cp(folder, place, { recursive: true });
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  );
  for (const name of Object.keys(manifest.dependencies))
    if (!existsSync(join(place, "node_modules", name))) await link(place, name, name);
}

function whenPrinted(child: ChildProcess, printed: RegExp): Promise<RegExpExecArray> {
  let output = "";
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`It ended with ${code}:\n${output}`)));
    const listen = (chunk: Buffer): void => {
      output += chunk.toString();
      const match = printed.exec(output);
      if (match !== null) resolve(match);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
  });
}

async function link(folder: string, name: string, installedAs: string): Promise<void> {
  const path = join(folder, "node_modules", name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(repository, "node_modules", installedAs), path);
}
