/** Puts the network guard into one thread of this process. */
import type { HostRules, hostRules } from "./hosts.ts";
import type { guardNames } from "./names.ts";
import type { guardSockets } from "./sockets.ts";
import type { guardWorkers } from "./workers.ts";

/** Functions whose sources run in worker threads as well. */
export interface GuardParts {
  readonly hostRules: typeof hostRules;
  readonly guardSockets: typeof guardSockets;
  readonly guardNames: typeof guardNames;
  readonly guardWorkers: typeof guardWorkers;
  readonly startGuard: typeof startGuard;
}

export interface GuardSetup {
  readonly allow: readonly string[];
  /** Name of the broadcast channel through which worker threads report blocked hosts. */
  readonly channel: string;
}

export interface GuardedThread {
  readonly hosts: HostRules;
  readonly setup: GuardSetup;
  readonly parts: GuardParts;
  /** Notes a blocked host; returns what its caller gets. */
  refuse(host: string): Error;
  /** Replaces a member of a module or prototype until the guard is released. */
  replace(target: object, name: string, wrap: (original: Callable) => unknown): void;
}

export type Callable = (...args: unknown[]) => unknown;

/**
 * @param refuse notes a blocked host; without it the host is reported through the channel, as in a worker thread
 * @returns what lets everything pass again
 */
export function startGuard(
  parts: GuardParts,
  setup: GuardSetup,
  refuse?: (host: string) => Error,
): () => void {
  const restore: (() => void)[] = [];

  function report(host: string): Error {
    const { BroadcastChannel } = process.getBuiltinModule("node:worker_threads");
    const channel = new BroadcastChannel(setup.channel);
    channel.postMessage(host);
    channel.close();
    const message = `The network guard stopped a connection to ${host}: suites may contact loopback only.`;
    return Object.assign(new Error(message), { name: "NetworkGuardError" });
  }

  function replace(target: object, name: string, wrap: (original: Callable) => unknown): void {
    const original: unknown = Reflect.get(target, name);
    if (typeof original !== "function") return;
    Reflect.set(target, name, wrap(original as Callable));
    restore.push(() => Reflect.set(target, name, original));
  }

  const thread = { hosts: parts.hostRules(setup.allow), setup, parts, refuse: refuse ?? report, replace };
  parts.guardSockets(thread);
  parts.guardNames(thread);
  parts.guardWorkers(thread);
  const { syncBuiltinESMExports } = process.getBuiltinModule("node:module");
  syncBuiltinESMExports();
  return () => {
    for (const undo of restore.toReversed()) undo();
    syncBuiltinESMExports();
  };
}
