/** Starts a subject in a process of its own and asks it about its CPU: the driver's own work is not counted. */
import { type ChildProcess, fork } from "node:child_process";
import { createServer } from "node:net";
import { build } from "vite";
import type { SubjectKind, SubjectRequest } from "./subject.ts";

export interface Usage {
  readonly cpuMs: number;
  readonly rssMib: number;
}

export interface Subject {
  readonly apiUrl: string;
  usage(): Promise<Usage>;
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

export async function startSubject(kind: SubjectKind, origin: string, apiUrl = ""): Promise<Subject> {
  const request: SubjectRequest = { kind, origin, apiUrl };
  const child = fork(`${root}/dist/bench/subject.js`, [JSON.stringify(request)], {
    execArgv: [],
    // Vite's build leaves NODE_ENV=production behind, with which the emulator rightly refuses to run.
    env: { ...process.env, NODE_ENV: "" },
  });
  const ready = await answer<{ apiUrl: string }>(child);
  return {
    apiUrl: ready.apiUrl,
    usage() {
      child.send("usage");
      return answer<Usage>(child);
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.send("stop");
      await ended;
    },
  };
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
