/** How long the production entry takes until it answers, beside a program that does nothing. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeOrigin } from "./process.ts";

const entry = `${import.meta.dirname}/../../dist/server/main.js`;
const runs = 7;

/** The best of a few runs, which noise can only worsen. */
export async function measureStart(): Promise<{ readonly wallMs: number; readonly emptyMs: number }> {
  const [ours, empty]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    ours.push(await startOnce());
    empty.push(runNothing());
  }
  return { wallMs: Math.min(...ours), emptyMs: Math.min(...empty) };
}

function runNothing(): number {
  const begunAt = performance.now();
  spawnSync(process.execPath, ["--eval", "0"]);
  return performance.now() - begunAt;
}

async function startOnce(): Promise<number> {
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
  child.kill("SIGTERM");
  await ended;
  await rm(folder, { recursive: true, force: true });
  return wallMs;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
