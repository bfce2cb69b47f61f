/**
 * Stops a suite that reaches for anything but this machine. While the guard stands, a connection or a name lookup
 * that leaves loopback fails with `NetworkGuardError`, and is remembered, so that a suite can fail even where the
 * code under test swallowed the error.
 *
 * It stands where all of Node's networking passes: `net.Socket.prototype.connect` (http, https, fetch, axios) and
 * the lookups of `node:dns`. Child processes, such as a browser, are out of its reach.
 */
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** What a blocked connection or lookup fails with. */
export class NetworkGuardError extends Error {
  override readonly name = "NetworkGuardError";

  constructor(host: string) {
    super(`The network guard stopped a connection to ${host}: suites may contact loopback only.`);
  }
}

export interface NetworkGuard {
  /** The hosts that were asked for since the last call, oldest first. */
  takeAttempts(): readonly string[];
  /** Lets everything pass again. */
  release(): void;
}

/** Puts the guard up for this whole process. */
export function guardNetwork(): NetworkGuard {
  let attempts: string[] = [];
  const restore = [
    replace(net.Socket.prototype, "connect", (original) => {
      return function connect(this: net.Socket, ...args: unknown[]) {
        const host = hostOf(args);
        if (host === undefined || isLoopback(host)) return Reflect.apply(original, this, args);
        attempts.push(host);
        // As a refused connection comes: later, and through the socket.
        process.nextTick(() => this.destroy(new NetworkGuardError(host)));
        return this;
      };
    }),
    ...lookups.flatMap((name) => [
      replace(dns, name, (original) => guardLookup(original, rejectThroughCallback)),
      replace(dns.promises, name, (original) => guardLookup(original, rejectThroughPromise)),
    ]),
  ];
  syncBuiltinESMExports();

  function guardLookup(original: Callable, reject: (error: NetworkGuardError, args: unknown[]) => unknown) {
    return (...args: unknown[]) => {
      const host = String(args[0]);
      if (isLoopback(host)) return Reflect.apply(original, dns, args);
      attempts.push(host);
      return reject(new NetworkGuardError(host), args);
    };
  }

  return {
    takeAttempts: () => {
      const taken = attempts;
      attempts = [];
      return taken;
    },
    release: () => {
      for (const undo of restore) undo();
      syncBuiltinESMExports();
    },
  };
}

type Callable = (...args: unknown[]) => unknown;

const lookups = ["lookup", "resolve", "resolve4", "resolve6"] as const;

function rejectThroughCallback(error: NetworkGuardError, args: unknown[]): void {
  const callback = args.at(-1);
  if (typeof callback === "function") process.nextTick(() => callback(error));
}

function rejectThroughPromise(error: NetworkGuardError): Promise<never> {
  return Promise.reject(error);
}

/** The host in the arguments of `connect`, in any of its forms; undefined for a path or for no host at all. */
function hostOf(args: readonly unknown[]): string | undefined {
  // Node's own callers pass the arguments already put in order, as an array.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === "object" && first !== null) {
    return "host" in first && typeof first.host === "string" ? first.host : undefined;
  }
  return typeof second === "string" ? second : undefined;
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (bare === "localhost" || bare.endsWith(".localhost")) return true;
  if (net.isIPv6(bare)) return bare === "::1" || bare.startsWith("::ffff:127.");
  return net.isIPv4(bare) && bare.startsWith("127.");
}

function replace(target: object, name: string, wrap: (original: Callable) => Callable): () => void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== "function") throw new Error(`There is no ${name} to guard`);
  Reflect.set(target, name, wrap(original as Callable));
  return () => {
    Reflect.set(target, name, original);
  };
}
