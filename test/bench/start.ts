/** How long the production entry takes until it answers, and what it costs. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeOrigin } from "./process.ts";

const entry = `${import.meta.dirname}/../../dist/server/main.js`;
const runs = 7;

/** The best of a few runs, which noise can only worsen. CPU is read from /proc and is NaN where there is none. */
export async function measureStart(): Promise<{ wallMs: number; cpuMs: number }> {
  const results = [];
  for (let run = 0; run < runs; run++) results.push(await startOnce());
  return {
    wallMs: Math.min(...results.map(({ wallMs }) => wallMs)),
    cpuMs: Math.min(...results.map(({ cpuMs }) => cpuMs)),
  };
}

async function startOnce(): Promise<{ wallMs: number; cpuMs: number }> {
  const folder = await mkdtemp(join(tmpdir(), "bench-start-"));
  const { port } = new URL(await freeOrigin());
  const begunAt = performance.now();
  const child = spawn(process.execPath, [entry], {
    stdio: "ignore",
    env: {
      PORT: port,
      DATA_DIR: folder,
      ORIGIN: "https://app.example.com",
      TRUST_PROXY: "1",
      SESSION_SECRET: "0123456789abcdef0123456789abcdef",
      // Never contacted: starting asks Authsignal nothing.
      AUTHSIGNAL_TENANT_ID: "00000000-0000-4000-8000-000000000002",
      AUTHSIGNAL_API_SECRET_KEY: "a-secret-that-is-never-sent",
      AUTHSIGNAL_API_URL: "https://api.authsignal.com/v1",
    },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  while (!(await answers(`http://localhost:${port}/healthz`))) {
    if (child.exitCode !== null)
      throw new Error("The production entry did not start: run `npm run build` first.");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const wallMs = performance.now() - begunAt;
  const cpuMs = await cpuOf(child.pid);
  child.kill("SIGTERM");
  await ended;
  await rm(folder, { recursive: true, force: true });
  return { wallMs, cpuMs };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** `utime` and `stime` of proc(5), in ticks of 10 ms. */
async function cpuOf(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
