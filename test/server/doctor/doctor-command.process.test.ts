/** The doctor as a program, from a folder of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const tsx = import.meta.resolve("tsx");
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "doctor-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function doctor(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ["--import", tsx, join(repository, "server/doctor.ts"), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}

test("The doctor's --help lists every option and checks nothing", async () => {
  const { code, stdout } = await doctor("--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: authsignal-doctor/);
  for (const option of ["env", "read-only", "action", "app-url", "emulator", "production-entry", "help"])
    expect(stdout).toContain(`--${option}`);
});

test("The doctor refuses an unknown option and a wrong --app-url with a sentence", async () => {
  for (const args of [
    ["--prefix", "/auth"],
    ["--app-url", "/auth"],
  ]) {
    const { code, stdout, stderr } = await doctor(...args);
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toMatch(/--prefix|--app-url must be/);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
});

test("The doctor reads .env in its folder, and shows no secret of it", async () => {
  writeFileSync(
    join(folder, ".env"),
    "AUTHSIGNAL_TENANT_ID=t\nAUTHSIGNAL_API_SECRET_KEY=the-secret-of-the-file\n",
  );
  const { code, stdout } = await doctor();
  expect(code).toBe(1);
  expect(stdout).toContain("Reads .env too.");
  expect(stdout).not.toContain("AUTHSIGNAL_TENANT_ID is missing");
  expect(stdout).toContain("AUTHSIGNAL_API_URL is missing");
  expect(stdout).not.toContain("the-secret-of-the-file");
});

test("The doctor reads the file that --env names in the place of .env, and says so if it cannot", async () => {
  writeFileSync(join(folder, ".env"), "AUTHSIGNAL_API_URL=http://localhost:1/v1\n");
  writeFileSync(join(folder, "emulator.env"), "AUTHSIGNAL_TENANT_ID=t\n");
  const { stdout } = await doctor("--env", "emulator.env");
  expect(stdout).toContain("Reads emulator.env too.");
  expect(stdout).not.toContain("AUTHSIGNAL_TENANT_ID is missing");
  expect(stdout).toContain("AUTHSIGNAL_API_URL is missing");
  const missing = await doctor("--env", "none.env");
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain("none.env cannot be read (ENOENT): name a file that you may read.");
});
