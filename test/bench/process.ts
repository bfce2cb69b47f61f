/** Starts a subject in a process of its own and asks it about its CPU: the driver's own work is not counted. */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { build } from "vite";
import type { Shares } from "./profile.ts";
import type { SubjectKind, SubjectRequest } from "./subject.ts";

export interface Usage {
  readonly cpuMs: number;
  readonly rssMib: number;
}

export interface Subject {
  readonly apiUrl: string;
  usage(): Promise<Usage>;
  /** Begins to record where its CPU goes; `profiled` ends it. */
  profile(): Promise<void>;
  profiled(): Promise<Shares>;
  stop(): Promise<void>;
}

const root = `${import.meta.dirname}/../..`;

/** Bundles subjects as the server's entries are bundled: what is measured is what runs. */
export async function buildSubjects(): Promise<void> {
  await build({
    configFile: `${root}/vite.config.ts`,
    mode: "server",
    logLevel: "warn",
    build: { outDir: "dist/bench", rolldownOptions: { input: { subject: `${root}/test/bench/subject.ts` } } },
  });
}

/** @param options `pinned`: alone on a core, where the machine has several and `taskset` */
export async function startSubject(
  kind: SubjectKind,
  origin: string,
  apiUrl = "",
  { pinned = false }: { readonly pinned?: boolean } = {},
): Promise<Subject> {
  const request: SubjectRequest = { kind, origin, apiUrl };
  const child = fork(`${root}/dist/bench/subject.js`, [JSON.stringify(request)], {
    execArgv: [],
    // Vite's build leaves NODE_ENV=production behind, with which the emulator rightly refuses to run.
    env: { ...process.env, NODE_ENV: "" },
  });
  if (pinned && child.pid !== undefined) pinTo(child.pid, "0");
  const ready = await answer<{ apiUrl: string }>(child);
  return {
    apiUrl: ready.apiUrl,
    usage() {
      child.send("usage");
      return answer<Usage>(child);
    },
    async profile() {
      child.send("profile");
      await answer<object>(child);
    },
    profiled() {
      child.send("profiled");
      return answer<Shares>(child);
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.send("stop");
      await ended;
    },
  };
}

/** All threads of a process on these cores. Without `taskset` the system decides. */
export function pinTo(pid: number, cores: string): void {
  if (availableParallelism() > 1)
    spawnSync("taskset", ["-a", "-c", "-p", cores, String(pid)], { stdio: "ignore" });
}

/** A port that is free now: subjects must know the origin before they listen. */
export async function freeOrigin(): Promise<string> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "localhost", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("There is no free port.");
  return `http://localhost:${address.port}`;
}

function answer<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`The subject ended with ${code}.`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message as Message);
    });
  });
}
