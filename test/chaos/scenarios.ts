/** What goes wrong: each fault is made and lifted by `run`, while people are at work. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Fleet, Instance } from "./fleet.ts";
import { query } from "./servers.ts";

export interface Scenario {
  readonly name: string;
  /** Makes the fault and lifts it. */
  readonly run: (fleet: Fleet) => Promise<void>;
  /** No request may fail. Default: requests may be a 503 while the fault lasts. */
  readonly isUnnoticed?: boolean;
  /** Answers of the balancer (502, 504) are expected: it loses its instance, or gives up before the app does. */
  readonly isSeenByBalancer?: boolean;
  /** People come by the port that repeats POSTs. */
  readonly isRepeating?: boolean;
  /** Another app than the fleet. Null: it cannot be made here, and a line says why. */
  readonly prepare?: (fleet: Fleet) => Promise<{ base: string; close: () => Promise<void> } | null>;
}

const second = 1000;
/** Longer than a request may take. */
const frozenMs = 12 * second;

export const scenarios: readonly Scenario[] = [
  { name: "no fault", isUnnoticed: true, run: () => delay(5 * second) },
  {
    name: "instances killed (-9), one after the other",
    isSeenByBalancer: true,
    async run({ instances }) {
      for (const instance of instances.slice(0, 2)) {
        await instance.stop("SIGKILL");
        await delay(second);
        await instance.start();
        await delay(second);
      }
    },
  },
  {
    name: "rolling restart of three instances",
    isUnnoticed: true,
    run: ({ instances }) => restartAll(instances),
  },
  {
    name: "schema one step ahead, rolling restart",
    isUnnoticed: true,
    async run({ instances, postgres }) {
      await query(postgres.url, "alter table passkeys_users add column newer text");
      const newer = "insert into passkeys_migrations (name, timestamp) values ('999-newer', '')";
      await query(postgres.url, newer);
      await restartAll(instances);
    },
  },
  {
    name: "Redis restarted",
    async run({ redis }) {
      await redis.stop("SIGTERM");
      await redis.start();
    },
  },
  {
    name: "Redis killed (-9), away for 3 s",
    async run({ redis }) {
      await redis.stop("SIGKILL");
      await delay(3 * second);
      await redis.start();
    },
  },
  { name: "Redis frozen for 12 s", run: ({ redis }) => frozen(redis) },
  {
    name: "PostgreSQL restarted (fast)",
    async run({ postgres }) {
      await postgres.stop("SIGINT");
      await postgres.start();
    },
  },
  {
    name: "PostgreSQL killed (-9), away for 3 s",
    async run({ postgres }) {
      await postgres.stop("SIGKILL");
      await delay(3 * second);
      await postgres.start();
    },
  },
  { name: "PostgreSQL frozen for 12 s", run: ({ postgres }) => frozen(postgres) },
  {
    name: "Authsignal frozen for 12 s",
    run: (fleet) => disturbed(fleet, { latency: 60 * second }, 12),
  },
  {
    name: "Authsignal slow, 1.5 s a call",
    run: (fleet) => disturbed(fleet, { latency: 1.5 * second }, 8),
  },
  { name: "Authsignal answers 500", run: (fleet) => disturbed(fleet, { status: 500 }, 5) },
  {
    name: "balancer repeats POSTs, Authsignal 1.5 s a call",
    isSeenByBalancer: true,
    isRepeating: true,
    run: (fleet) => disturbed(fleet, { latency: 1.5 * second }, 8),
  },
  { name: "disk full (SQLite)", prepare: prepareFullDisk, run: fillDisk },
];

async function restartAll(instances: readonly Instance[]): Promise<void> {
  for (const instance of instances) {
    const code = await instance.stop("SIGTERM");
    if (code !== 0) throw new Error(`${instance.name} ended with ${code} after SIGTERM.`);
    await instance.start();
    // nginx takes it for dead for one second (fail_timeout).
    await delay(1.2 * second);
  }
}

async function frozen(server: { freeze(): void; thaw(): void }): Promise<void> {
  server.freeze();
  try {
    await delay(frozenMs);
  } finally {
    server.thaw();
  }
}

async function disturbed(
  fleet: Fleet,
  fault: { readonly latency?: number; readonly status?: number },
  seconds: number,
): Promise<void> {
  await fleet.disturbAuthsignal(fault);
  try {
    await delay(seconds * second);
  } finally {
    await fleet.disturbAuthsignal(null);
  }
}

const smallDisk = (fleet: Fleet): string => join(fleet.folder, "small-disk");

/** A file system of its own, because it has to be full without harm to anything else. */
async function prepareFullDisk(fleet: Fleet): Promise<{ base: string; close: () => Promise<void> } | null> {
  const disk = smallDisk(fleet);
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], { stdio: "pipe" });
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    process.stdout.write(`Skipped: a full disk, because no tmpfs can be mounted here (${message.trim()}).\n`);
    return null;
  }
  const instance = await fleet.startAlone(join(disk, "data"));
  return {
    base: instance.url,
    async close() {
      await instance.stop();
      execFileSync("umount", [disk]);
    },
  };
}

async function fillDisk(fleet: Fleet): Promise<void> {
  const file = join(smallDisk(fleet), "ballast");
  const { bavail, bsize } = statfsSync(smallDisk(fleet));
  try {
    writeFileSync(file, Buffer.alloc(bavail * bsize));
  } catch (error) {
    // The app has written meanwhile: it is full as well.
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
  await delay(6 * second);
  rmSync(file);
}
