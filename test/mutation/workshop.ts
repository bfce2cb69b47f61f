/** A copy of the repository in which mutations are made: a run that is cut short leaves the repository as it was. */
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

export const root = join(import.meta.dirname, "../..");

const vitest = join(root, "node_modules/vitest/vitest.mjs");

/**
 * Milliseconds for each file of a run, after which it counts as failed: a mutation may make a loop endless. Far more
 * than a file takes on a busy machine, which must not be taken for a mutation that was seen.
 */
const longestRun = 300_000;

export interface TestRun {
  readonly tests: number;
  /** The full name of the first test that failed, the file that could not be loaded, or null when all passed. */
  readonly failed: string | null;
}

export interface Workshop {
  /** The paths of its files, as `presentFiles` has them. */
  readonly tracked: readonly string[];
  read(path: string): string;
  write(path: string, text: string): void;
  /** Runs test files until one test fails. */
  test(files: readonly string[]): Promise<TestRun>;
  close(): void;
}

export function git(...args: readonly string[]): readonly string[] {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
}

/** False for sources that were unpacked from an archive: there is nothing that they could differ from. */
export const isRepository = existsSync(join(root, ".git"));

/** Paths of the repository's files, relative to its root; new ones too, unless they are ignored. */
export function presentFiles(): readonly string[] {
  if (!isRepository) return filesIn(root);
  const deleted = new Set(git("ls-files", "--deleted"));
  const listed = git("ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate");
  return listed.filter((path) => !deleted.has(path));
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules" || entry.name === "dist") return [];
    if (entry.isDirectory()) return filesIn(path);
    return entry.isFile() ? [relative(root, path)] : [];
  });
}

export function openWorkshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), "mutation-"));
  const tracked = presentFiles();
  for (const path of tracked) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const report = join(folder, "mutation-report.json");

  async function test(files: readonly string[]): Promise<TestRun> {
    rmSync(report, { force: true });
    const args = [vitest, "run", "--bail=1", "--reporter=json", `--outputFile=${report}`];
    const timedOut = await run([...args, ...files], folder, longestRun * files.length);
    if (timedOut) return { tests: 1, failed: "the run took too long" };
    return readReport(readFileSync(report, "utf8"), folder);
  }

  return {
    tracked,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    write: (path, text) => writeFileSync(join(folder, path), text),
    test,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The part of Vitest's JSON report that matters here; it has Jest's form. */
interface Report {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function readReport(text: string, folder: string): TestRun {
  const { numTotalTests, testResults }: Report = JSON.parse(text);
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.find(({ status }) => status === "failed")?.fullName;
  const broken = testResults.find(({ status }) => status === "failed")?.name.slice(folder.length + 1);
  return { tests: numTotalTests, failed: failed ?? broken ?? null };
}

/** @returns whether it had to be ended */
function run(args: readonly string[], cwd: string, longest: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that the test workers end with it.
    const child = spawn(process.execPath, args, { cwd, stdio: "ignore", detached: true });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, longest);
    child.once("error", reject);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve(timedOut);
    });
  });
}
