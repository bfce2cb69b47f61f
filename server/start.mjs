/**
 * The launcher of `npm start`, `npm run dev` and `npm run dev:https`. Plain JavaScript, because it says what is missing
 * before anything is built. It ends with the npm that started it.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../", import.meta.url));
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
/** How often to look whether npm is still there, in milliseconds. */
const lookEveryMs = 200;

const problem = problemOfNode() ?? problemOfPackages();
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
endWithParent();
if (process.argv.includes("--dev")) restartOnEdits(process.argv.slice(2));
else await buildAndStart();

/** @returns a sentence, or null when this Node is new enough */
function problemOfNode() {
  const needed = manifest.engines.node.replace(">=", "");
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [neededMajor, neededMinor] = needed.split(".").map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return null;
  return `This is Node ${process.versions.node}, and Node ${needed} or newer is needed. Install it, then run \`npm ci\` again.`;
}

/** @returns a sentence, or null when everything is installed */
function problemOfPackages() {
  const require = createRequire(import.meta.url);
  const isMissing = (name) => {
    try {
      require.resolve(name);
      return false;
    } catch (error) {
      // A package that has no entry for `require` is there all the same.
      return error.code === "MODULE_NOT_FOUND";
    }
  };
  if (isMissing("express")) return "The packages are not installed: run `npm ci`.";
  const missing = ["typescript", "vite", "tsx"].filter(isMissing);
  if (missing.length === 0) return null;
  return `Development packages are missing (${missing.join(", ")}), which build and run the app here. npm leaves them out with NODE_ENV=production or --omit=dev: run \`npm ci --include=dev\`.`;
}

/**
 * A signal to npm ends npm and its shell, which tells its children nothing. So this process looks whether its parent is
 * still the same. Windows has no such signals, and the parent's id never changes there.
 */
function endWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, lookEveryMs);
  timer.unref();
}

/** The app runs in this process, so that a signal to it reaches the app. */
async function buildAndStart() {
  const build = spawn("npm run --silent build", { cwd: repository, shell: true, stdio: "inherit" });
  const exitCode = await new Promise((resolve) => build.once("close", resolve));
  if (exitCode !== 0) {
    process.stderr.write("The build failed, so nothing was started.\n");
    process.exit(1);
  }
  await import("../dist/server/local.js");
}

/** tsx restarts the server whenever a file changes that it has loaded; Vite reloads the pages itself. */
function restartOnEdits(args) {
  const tsx = createRequire(import.meta.url).resolve("tsx/cli");
  const watch = [tsx, "watch", "--clear-screen=false", "server/local.ts", ...args];
  const server = spawn(process.execPath, watch, { cwd: repository, stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => server.kill("SIGTERM"));
  server.once("exit", (code) => process.exit(code ?? 0));
}
