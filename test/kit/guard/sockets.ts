/** Guards connections and datagrams, with the look-up functions that their callers bring along. */
import type { Socket as DatagramSocket } from "node:dgram";
import type { Socket } from "node:net";
import type { Callable, GuardedThread } from "./start-guard.ts";

/** Works without anything around it: its source also runs in worker threads. */
export function guardSockets({ hosts, refuse, replace }: GuardedThread): void {
  const net = process.getBuiltinModule("node:net");
  const dgram = process.getBuiltinModule("node:dgram");

  // http, https, http2, tls, fetch and WebSocket connect through it.
  replace(net.Socket.prototype, "connect", (original) => {
    return function connect(this: Socket, ...args: unknown[]) {
      const [options, callback] = optionsOf(args);
      const { host, path, lookup } = options;
      if (typeof path === "string") return Reflect.apply(original, this, args);
      const name = typeof host === "string" && host !== "" ? host : "localhost";
      // A look-up function decides where the connection goes, whatever the name is.
      const isLookedUp = typeof lookup === "function" && net.isIP(name) === 0 && !hosts.isNamed(name);
      if (!isLookedUp && hosts.passes(name)) return Reflect.apply(original, this, args);
      if (isLookedUp) {
        const guarded: unknown = Object.create(options, {
          lookup: { value: guardLookup(lookup as Callable), enumerable: true },
        });
        return Reflect.apply(original, this, callback === undefined ? [guarded] : [guarded, callback]);
      }
      // As a refused connection comes: later, and through the socket.
      const error = refuse(name);
      process.nextTick(() => this.destroy(error));
      return this;
    };
  });

  for (const method of ["send", "connect"]) {
    replace(dgram.Socket.prototype, method, (original) => {
      return function guarded(this: DatagramSocket, ...args: unknown[]) {
        const host = method === "send" ? addressOfSend(args) : args[1];
        if (typeof host !== "string" || hosts.passes(host)) return Reflect.apply(original, this, args);
        const error = refuse(host);
        const callback = args.findLast((one) => typeof one === "function");
        process.nextTick(() => (callback === undefined ? this.emit("error", error) : callback(error)));
        return undefined;
      };
    });
  }
  replace(dgram, "createSocket", (original) => {
    return (options: unknown, listener: unknown) => {
      const lookup: unknown =
        typeof options === "object" && options !== null ? Reflect.get(options, "lookup") : undefined;
      const guarded =
        typeof lookup === "function"
          ? Object.assign({}, options, { lookup: guardLookup(lookup as Callable) })
          : options;
      return original(guarded, listener);
    };
  });

  /** The arguments of `connect` in any of its forms. Node's own callers pass them put in order, as an array. */
  function optionsOf(args: readonly unknown[]): [Options, unknown] {
    const [first, second, third]: readonly unknown[] = Array.isArray(args[0]) ? args[0] : args;
    if (typeof first === "object" && first !== null) return [first, second ?? undefined];
    if (typeof first === "string" && Number.isNaN(Number(first))) return [{ path: first }, second];
    return [{ host: second }, third];
  }

  /** Of `send(message, offset, length, port, address)` or `send(message, port, address)`. */
  function addressOfSend(args: readonly unknown[]): unknown {
    const [, , , port, address] = args;
    const isLong = Boolean(address) || (Boolean(port) && typeof port !== "function");
    return isLong ? address : args[2];
  }

  function guardLookup(lookup: Callable) {
    return (name: unknown, options: unknown, callback: (...answer: unknown[]) => void) =>
      lookup(name, options, (error: unknown, answer: unknown, family: unknown) => {
        const found: readonly unknown[] = Array.isArray(answer)
          ? answer.map((one: { readonly address?: unknown }) => one.address)
          : [answer];
        const outside = found.find((one) => typeof one === "string" && !hosts.passes(one));
        if (error || outside === undefined) callback(error, answer, family);
        else callback(refuse(String(outside)));
      });
  }
}

interface Options {
  readonly host?: unknown;
  readonly path?: unknown;
  readonly lookup?: unknown;
}
