/** Servers as processes of their own: each is started on a port of its own, killed, frozen and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface ProgramOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The user it runs as. Default: this one. */
  readonly uid?: number;
  readonly gid?: number;
  /** Where its output goes, appended to `<name>.log`. */
  readonly folder: string;
  /** It is ready when this resolves; a rejection is tried again. */
  readonly isReady: () => Promise<void>;
}

export interface Program {
  readonly name: string;
  start(): Promise<void>;
  /** Sends the signal, and resolves with the exit code when it has ended. */
  stop(signal?: "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGKILL"): Promise<number | null>;
  /** Stops the process and its children in the middle of whatever they do. */
  freeze(): void;
  thaw(): void;
  /** How often it ended without being told to. */
  deaths(): number;
  log(): string;
}

/** How long a program may take to start on a busy machine. */
const startMs = 60_000;

const running = new Set<ChildProcess>();

/** Ends whatever is left, also frozen processes. */
export function endPrograms(): void {
  for (const child of running) for (const pid of familyOf(child)) signal(pid, "SIGKILL");
}

export function createProgram(options: ProgramOptions): Program {
  const logFile = join(options.folder, `${options.name}.log`);
  let child: ChildProcess | null = null;
  let ended: Promise<number | null> = Promise.resolve(null);
  let isExpected = true;
  let deaths = 0;

  function spawnIt(): void {
    const output = openSync(logFile, "a");
    const { uid, gid } = options;
    const started = spawn(options.command, options.args, {
      cwd: options.folder,
      env: { PATH: process.env.PATH ?? "", ...options.env },
      stdio: ["ignore", output, output],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    closeSync(output);
    running.add(started);
    isExpected = false;
    ended = new Promise((resolve) => {
      started.once("exit", (code) => {
        running.delete(started);
        if (!isExpected) deaths += 1;
        resolve(code);
      });
      started.once("error", () => resolve(null));
    });
    child = started;
  }

  const program: Program = {
    name: options.name,
    async start() {
      spawnIt();
      const giveUpAt = Date.now() + startMs;
      for (;;) {
        const fault = await options.isReady().then(
          () => null,
          (error: unknown) => ({ error }),
        );
        if (fault === null) return;
        if (child?.exitCode !== null || Date.now() > giveUpAt)
          throw new Error(`${options.name} did not start:\n${program.log().slice(-2000)}`, {
            cause: fault.error,
          });
        await delay(50);
      }
    },
    async stop(name = "SIGTERM") {
      isExpected = true;
      const left = child;
      if (left === null) return null;
      // The children of a killed PostgreSQL see its end by themselves.
      if (left.pid !== undefined && left.exitCode === null) signal(left.pid, name);
      return ended;
    },
    freeze() {
      for (const pid of familyOf(child)) signal(pid, "SIGSTOP");
    },
    thaw() {
      for (const pid of familyOf(child)) signal(pid, "SIGCONT");
    },
    deaths: () => deaths,
    log: () => readFileSync(logFile, "utf8"),
  };
  return program;
}

/** The process first, so that a frozen one makes no more children. */
function familyOf(child: ChildProcess | null): readonly number[] {
  if (child?.pid === undefined || child.exitCode !== null) return [];
  const { pid } = child;
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return [pid, ...children.trim().split(" ").filter(Boolean).map(Number)];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [pid];
    throw error;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Resolves when something listens on this port of this machine. */
export function canConnect(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

/** Resolves when the URL answers with a success. */
export async function answersWell(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
}
