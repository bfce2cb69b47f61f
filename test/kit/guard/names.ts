/** Guards every function of `node:dns` that asks a name server, also those of `Resolver` objects. */
import type { GuardedThread } from "./start-guard.ts";

/** Works without anything around it: its source also runs in worker threads. */
export function guardNames({ hosts, refuse, replace }: GuardedThread): void {
  const net = process.getBuiltinModule("node:net");
  const dns = process.getBuiltinModule("node:dns");
  const serversOfThisMachine = dns.getServers().join();
  const addressAnswers = ["lookup", "resolve", "resolve4", "resolve6"];

  const throughCallback: Answering = {
    refused(error, args) {
      const callback = args.at(-1);
      if (typeof callback === "function") process.nextTick(() => callback(error));
      return {};
    },
    learned(call, args) {
      const callback = args.at(-1);
      if (typeof callback !== "function") return call(args);
      const learning = (...answer: unknown[]) => {
        learn(answer[1]);
        callback(...answer);
      };
      return call([...args.slice(0, -1), learning]);
    },
  };
  const throughPromise: Answering = {
    refused: (error) => Promise.reject(error),
    async learned(call, args) {
      const answer = await call(args);
      learn(answer);
      return answer;
    },
  };
  for (const target of [dns, dns.Resolver.prototype]) guardAll(target, throughCallback);
  for (const target of [dns.promises, dns.promises.Resolver.prototype]) guardAll(target, throughPromise);

  function guardAll(target: object, answering: Answering): void {
    for (const name of Object.getOwnPropertyNames(target)) {
      if (!/^(lookup|resolve|reverse)/.test(name)) continue;
      replace(target, name, (original) => {
        return function guarded(this: unknown, ...args: unknown[]) {
          const [host] = args;
          const call = (given: readonly unknown[]) => Reflect.apply(original, this, given);
          // Servers look up the address that they bind to, and nothing is asked then; `connect` is guarded.
          const isAddress = name === "lookup" && typeof host === "string" && net.isIP(host) !== 0;
          if (typeof host !== "string" || host === "" || isAddress) return call(args);
          if (hosts.isNamed(host) && addressAnswers.includes(name)) return answering.learned(call, args);
          if (hosts.passes(host) || asksThisMachine(this)) return call(args);
          return answering.refused(refuse(host), args);
        };
      });
    }
  }

  /** Whether the resolver was pointed at a name server on loopback, such as one that a suite started. */
  function asksThisMachine(resolver: unknown): boolean {
    const isResolver = resolver instanceof dns.Resolver || resolver instanceof dns.promises.Resolver;
    const servers = (isResolver ? resolver : dns).getServers();
    return (
      servers.length > 0 &&
      servers.join() !== serversOfThisMachine &&
      servers.every((one) => hosts.passes(net.isIP(one) === 0 ? one.replace(/:\d+$/, "") : one))
    );
  }

  /** The addresses of a named host: a client may look it up first and connect to the address. */
  function learn(answer: unknown): void {
    for (const one of [answer].flat()) {
      if (typeof one === "string") hosts.learn(one);
      else if (typeof one === "object" && one !== null) hosts.learn(String(Reflect.get(one, "address")));
    }
  }
}

interface Answering {
  refused(error: Error, args: readonly unknown[]): unknown;
  /** Calls the original and lets the addresses in its answer pass. */
  learned(call: (args: readonly unknown[]) => unknown, args: readonly unknown[]): unknown;
}
