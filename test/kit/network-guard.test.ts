/** A second guard, over the one that guards every suite: only the inner one meets the blocked hosts. */
import dgram from "node:dgram";
import dns from "node:dns";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer, get } from "node:http";
import net from "node:net";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { guardSuite } from "./guard-suite.ts";
import { listen } from "./listen.ts";
import { guardNetwork, type NetworkGuard } from "./network-guard.ts";

let guard: NetworkGuard;
beforeEach(() => {
  guard = guardNetwork();
});
afterEach(() => guard.release());

const outside = "api.authsignal.com";

function failureOf(open: (fail: (error: Error | null) => void) => void): Promise<Error | null> {
  return new Promise(open);
}

describe("the network guard stops what leaves loopback", () => {
  test("the network guard stops a fetch that leaves loopback", async () => {
    await expect(fetch("https://api.authsignal.com/v1")).rejects.toMatchObject({
      cause: { name: "NetworkGuardError" },
    });
    expect(guard.takeAttempts()).toEqual([outside]);
  });

  test("the network guard stops a request of node:http that leaves loopback", async () => {
    const error = await failureOf((fail) => get("http://192.0.2.1/").on("error", fail));
    expect(error).toMatchObject({ name: "NetworkGuardError", message: /192\.0\.2\.1/ });
    expect(guard.takeAttempts()).toEqual(["192.0.2.1"]);
  });

  test.each(["[2001:db8::1]", "::ffff:192.0.2.1", "3221225985"])(
    "the network guard stops a socket to %s",
    async (host) => {
      const error = await failureOf((fail) => net.connect(443, host).on("error", fail));
      expect(error?.name).toBe("NetworkGuardError");
      guard.takeAttempts();
    },
  );

  test("the network guard stops a connection to localhost whose look-up function answers an outside address", async () => {
    const connect = (all: boolean) =>
      failureOf((fail) =>
        net
          .connect({
            host: "localhost",
            port: 443,
            lookup: (_name, _options, answer) =>
              all ? answer(null, [{ address: "192.0.2.1", family: 4 }]) : answer(null, "192.0.2.1", 4),
            autoSelectFamily: all,
          })
          .on("error", fail),
      );
    expect(await connect(false)).toMatchObject({ name: "NetworkGuardError" });
    expect(await connect(true)).toMatchObject({ name: "NetworkGuardError" });
    expect(guard.takeAttempts()).toEqual(["192.0.2.1", "192.0.2.1"]);
  });

  test("the network guard stops the lookup of a name that leaves loopback", async () => {
    await expect(lookup(outside)).rejects.toThrow("suites may contact loopback only");
    expect(guard.takeAttempts()).toEqual([outside]);
  });

  test.each<[string, (fail: (error: Error | null) => void) => void]>([
    ["resolveTxt", (fail) => dns.resolveTxt(outside, fail)],
    ["resolveSrv of a Resolver object", (fail) => new dns.Resolver().resolveSrv(outside, fail)],
    ["resolve with a type", (fail) => dns.resolve(outside, "MX", fail)],
    ["reverse", (fail) => dns.reverse("192.0.2.1", fail)],
    ["lookupService", (fail) => dns.lookupService("192.0.2.1", 443, fail)],
    ["promises.resolveMx", (fail) => dns.promises.resolveMx(outside).catch(fail)],
    ["a Resolver of promises", (fail) => new dns.promises.Resolver().resolve4(outside).catch(fail)],
  ])("the network guard stops dns: %s", async (_name, ask) => {
    expect(await failureOf(ask)).toMatchObject({ name: "NetworkGuardError" });
    expect(guard.takeAttempts()).toHaveLength(1);
  });

  test.each<[string, (socket: dgram.Socket, fail: (error: Error | null) => void) => void]>([
    ["send with a callback", (socket, fail) => socket.send("x", 53, "192.0.2.1", fail)],
    ["send of a part", (socket, fail) => socket.send("x", 0, 1, 53, "192.0.2.1", fail)],
    ["send without a callback", (socket, fail) => void socket.on("error", fail).send("x", 53, outside)],
    ["connect", (socket, fail) => void socket.on("error", fail).connect(53, "192.0.2.1")],
  ])("the network guard stops a datagram: %s", async (_name, send) => {
    const socket = dgram.createSocket("udp4");
    expect(await failureOf((fail) => send(socket, fail))).toMatchObject({ name: "NetworkGuardError" });
    expect(guard.takeAttempts()).toHaveLength(1);
    socket.close();
  });

  test("the network guard stops a datagram whose look-up function answers an outside address", async () => {
    const socket = dgram.createSocket({
      type: "udp4",
      lookup: (name, _o, answer) => answer(null, name === "localhost" ? "192.0.2.1" : name, 4),
    });
    const error = await failureOf((fail) => socket.send("x", 53, "localhost", fail));
    expect(error).toMatchObject({ name: "NetworkGuardError" });
    guard.takeAttempts();
    socket.close();
  });

  const connecting = `import("node:net").then(({ connect }) => connect(443, "192.0.2.1").on("error", (error) =>
    import("node:worker_threads").then(({ parentPort }) => parentPort.postMessage(error.name))))`;

  test.each<[string, () => Worker]>([
    ["of a module", () => new Worker(new URL(`data:text/javascript,${encodeURIComponent(connecting)}`))],
    ["of a text", () => new Worker(connecting, { eval: true })],
    ["of a worker thread", () => new Worker(workerIn(connecting), { eval: true })],
  ])("the network guard stops a connection in a worker thread %s", async (_name, start) => {
    const worker = start();
    expect(await once(worker, "message")).toEqual(["NetworkGuardError"]);
    expect(guard.takeAttempts()).toEqual(["192.0.2.1"]);
    await worker.terminate();
  });

  function workerIn(code: string): string {
    return `const { Worker, parentPort } = require("node:worker_threads");
      new Worker(${JSON.stringify(code)}, { eval: true }).on("message", (text) => parentPort.postMessage(text));`;
  }
});

describe("the network guard lets loopback pass", () => {
  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["localhost", "localhost"],
    ["0.0.0.0", "127.0.0.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["::", "[::1]"],
    ["::", "[0:0:0:0:0:0:0:1]"],
    ["::", "127.0.0.1"],
    ["127.0.0.1", "127.1"],
  ])("the network guard lets a server listen on %s and a connection to %s pass", async (host, asked) => {
    const server = createServer((_, response) => response.end("here"));
    const { port, close } = await listen(server, { host });
    const answer = await fetch(`http://${asked}:${port}/`);
    expect(await answer.text()).toBe("here");
    expect(guard.takeAttempts()).toEqual([]);
    await close();
  });

  test("the network guard lets a name pass whose look-up function answers loopback", async () => {
    const server = createServer((_, response) => response.end("here"));
    const { port, close } = await listen(server);
    const answered = new Promise((resolve, reject) =>
      get(
        {
          host: "shop.example.com",
          port,
          lookup: (_n, options, answer) => answer(null, ...found(options.all)),
        },
        resolve,
      ).on("error", reject),
    );
    expect(await answered).toMatchObject({ statusCode: 200 });
    expect(guard.takeAttempts()).toEqual([]);
    await close();

    function found(all = false): [string, number] {
      return (all ? [[{ address: "127.0.0.1", family: 4 }]] : ["127.0.0.1", 4]) as [string, number];
    }
  });

  test("the network guard lets datagrams on loopback pass", async () => {
    const receiver = dgram.createSocket("udp4").bind(0, "0.0.0.0");
    await once(receiver, "listening");
    const received = once(receiver, "message");
    const sender = dgram.createSocket("udp4");
    sender.send("here", receiver.address().port, "localhost");
    expect(String((await received)[0])).toBe("here");
    expect(guard.takeAttempts()).toEqual([]);
    receiver.close();
    sender.close();
  });

  test("the network guard lets a resolver pass that asks a name server on loopback", async () => {
    const server = dgram.createSocket("udp4").bind(0, "127.0.0.1");
    await once(server, "listening");
    // Answers every question with "no such name".
    server.on("message", (question, { port, address }) => {
      const answer = Buffer.from(question);
      answer.writeUInt16BE(0x8183, 2);
      server.send(answer, port, address);
    });
    const resolver = new dns.promises.Resolver();
    resolver.setServers([`127.0.0.1:${server.address().port}`]);
    await expect(resolver.resolveTxt(outside)).rejects.toMatchObject({ code: "ENOTFOUND" });
    expect(guard.takeAttempts()).toEqual([]);
    server.close();
  });
});

describe("the network guard lets named hosts pass", () => {
  test("the network guard lets named hosts pass, and the addresses that they have", async () => {
    const outer = guardNetwork();
    const allowing = guardNetwork({ allow: ["Postgres", "*.internal", "10.0.0.5", "172.16.0.0/12"] });
    const ask = (host: string) =>
      failureOf((fail) => net.connect(5432, host).on("error", fail)).then(() => allowing.takeAttempts());
    // The guard below stops them, so that nothing leaves this machine here.
    for (const host of ["postgres", "db.internal", "10.0.0.5", "172.17.0.2"])
      expect(await ask(host)).toEqual([]);
    for (const host of ["postgres.example", "internal", "10.0.0.6", "172.32.0.1"])
      expect(await ask(host)).toEqual([host]);
    expect(outer.takeAttempts()).toEqual(["postgres", "db.internal", "10.0.0.5", "172.17.0.2"]);
    allowing.release();
    outer.release();
  });

  test("the network guard learns the addresses of a named host from its look-up", async () => {
    const original = dns.lookup;
    const answering = (_name: string, answer: (error: null, address: string, family: number) => void) =>
      answer(null, "10.9.8.7", 4);
    Reflect.set(dns, "lookup", answering);
    const allowing = guardNetwork({ allow: ["db"] });
    await new Promise((resolve) => dns.lookup("db", resolve));
    const failed = await failureOf((fail) => net.connect(5432, "10.9.8.7").on("error", fail));
    expect(failed?.name).toBe("NetworkGuardError");
    expect(allowing.takeAttempts()).toEqual([]);
    expect(guard.takeAttempts()).toEqual(["10.9.8.7"]);
    allowing.release();
    Reflect.set(dns, "lookup", original);
  });

  test.each(["http://postgres", "postgres:5432", "10.0.0.0/33", "", "two words"])(
    "the network guard refuses %o as a host to allow",
    (entry) => {
      expect(() => guardNetwork({ allow: [entry] })).toThrow(/allow/);
    },
  );

  test("a guard that was taken down within a test still tells the suite's hook what was stopped, once", async () => {
    let hook = () => {};
    const suite = guardSuite((given) => (hook = given));
    await expect(lookup(outside)).rejects.toThrow(outside);
    suite.release();
    expect(hook).toThrow(`This test tried to contact ${outside}`);
    expect(hook).not.toThrow();
  });

  test("guardSuite passes its options on and refuses unknown ones", () => {
    const suite = guardSuite(() => {}, { allow: ["postgres"] });
    suite.release();
    expect(() => guardSuite(() => {}, { allowed: ["postgres"] } as object)).toThrow('"allowed" is not known');
  });
});
