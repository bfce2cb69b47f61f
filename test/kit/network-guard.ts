/**
 * Stops a suite that reaches for anything but this machine. While the guard stands, a connection, a datagram or a
 * question to a name server that leaves loopback fails with `NetworkGuardError`, and is remembered, so that a suite can
 * fail even where the code under test swallowed the error.
 *
 * It stands in the sockets of `node:net` (http, https, http2, tls, fetch, WebSocket), in `node:dgram`, in `node:dns` with
 * its resolvers, and in worker threads that start while it stands. It does not see child processes, native addons with
 * sockets of their own, worker threads that run already, and functions of `node:dns` that CommonJS code took out of the
 * module before the guard stood.
 */
import { randomUUID } from "node:crypto";
import net from "node:net";
import { BroadcastChannel, receiveMessageOnPort } from "node:worker_threads";
import { list, object, text } from "../../server/emulator/wire/shape.ts";
import { hostRules } from "./guard/hosts.ts";
import { guardNames } from "./guard/names.ts";
import { guardSockets } from "./guard/sockets.ts";
import { startGuard } from "./guard/start-guard.ts";
import { guardWorkers } from "./guard/workers.ts";

/** What a blocked connection or look-up fails with. */
export class NetworkGuardError extends Error {
  override readonly name = "NetworkGuardError";

  constructor(host: string) {
    super(
      `The network guard stopped a connection to ${host}: suites may contact loopback only. To let it pass, name it in the guard's "allow".`,
    );
  }
}

export interface NetworkGuardOptions {
  /**
   * Hosts besides loopback that may be contacted, for example service containers: names (`postgres`), `*.` and a domain,
   * addresses (`10.0.0.5`), or ranges (`172.16.0.0/12`). Default: none.
   */
  readonly allow?: readonly string[];
}

export interface NetworkGuard {
  /** The hosts that were asked for since the last call, oldest first; those of worker threads come last. */
  takeAttempts(): readonly string[];
  /** Lets everything pass again. */
  release(): void;
}

const optionsShape = object({ allow: list(text({ longest: 253 })) });

/** Puts the guard up for this thread and the worker threads that it starts. Throws if `allow` holds something else. */
export function guardNetwork(options: NetworkGuardOptions = {}): NetworkGuard {
  optionsShape.check(options, "");
  const { allow = [] } = options;
  allow.forEach(assertHost);
  let attempts: string[] = [];
  const setup = { allow, channel: `network-guard-${randomUUID()}` };
  const reports = new BroadcastChannel(setup.channel);
  reports.onmessage = ({ data }: { readonly data: unknown }) => attempts.push(String(data));
  reports.unref();
  const parts = { hostRules, guardSockets, guardNames, guardWorkers, startGuard };
  // What has arrived and waits for its event. Node takes a broadcast channel here; its types do not say so.
  const receive = (): { readonly message: unknown } | undefined =>
    Reflect.apply(receiveMessageOnPort, undefined, [reports]);
  const restore = startGuard(parts, setup, (host) => {
    attempts.push(host);
    return new NetworkGuardError(host);
  });

  let isReleased = false;
  const collect = () => {
    for (let next = receive(); next !== undefined; next = receive()) attempts.push(String(next.message));
  };

  return {
    takeAttempts() {
      if (!isReleased) collect();
      const taken = attempts;
      attempts = [];
      return taken;
    },
    release() {
      if (isReleased) return;
      collect();
      restore();
      // A closed channel cannot be asked any more; a hook of the suite may still ask the guard.
      isReleased = true;
      reports.close();
    },
  };
}

/** An entry that can never match would refuse what it was written to allow. */
function assertHost(entry: string): void {
  const [address = "", prefix, ...more] = entry.split("/");
  const bits = net.isIPv6(address) ? 128 : 32;
  const isRange = net.isIP(address) !== 0 && /^\d+$/.test(prefix ?? "") && Number(prefix) <= bits;
  const isName = prefix === undefined && /^(\*\.)?[\w-]+(\.[\w-]+)*\.?$/.test(entry);
  if (more.length === 0 && (isRange || isName || net.isIP(entry) !== 0)) return;
  throw new Error(
    `allow: ${JSON.stringify(entry)} is not a host. Write a name, an address or a range without scheme and port, such as postgres, *.internal, 10.0.0.5 or 172.16.0.0/12.`,
  );
}
