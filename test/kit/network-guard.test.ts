/** A second guard, over the one that guards every suite: only the inner one meets the blocked hosts. */
import { lookup } from "node:dns/promises";
import { createServer, get } from "node:http";
import net from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listen } from "./listen.ts";
import { guardNetwork, type NetworkGuard } from "./network-guard.ts";

let guard: NetworkGuard;
beforeEach(() => {
  guard = guardNetwork();
});
afterEach(() => guard.release());

function failureOf(open: (fail: (error: Error) => void) => void): Promise<Error> {
  return new Promise(open);
}

describe("the network guard", () => {
  test("the network guard stops a fetch that leaves loopback", async () => {
    await expect(fetch("https://api.authsignal.com/v1")).rejects.toMatchObject({
      cause: { name: "NetworkGuardError" },
    });
    expect(guard.takeAttempts()).toEqual(["api.authsignal.com"]);
  });

  test("the network guard stops a request of node:http that leaves loopback", async () => {
    const error = await failureOf((fail) => get("http://192.0.2.1/").on("error", fail));
    expect(error).toMatchObject({ name: "NetworkGuardError", message: /192\.0\.2\.1/ });
    expect(guard.takeAttempts()).toEqual(["192.0.2.1"]);
  });

  test("the network guard stops a socket that leaves loopback", async () => {
    const error = await failureOf((fail) => net.connect(443, "[2001:db8::1]").on("error", fail));
    expect(error.name).toBe("NetworkGuardError");
    guard.takeAttempts();
  });

  test("the network guard stops the lookup of a name that leaves loopback", async () => {
    await expect(lookup("api.authsignal.com")).rejects.toThrow("suites may contact loopback only");
    expect(guard.takeAttempts()).toEqual(["api.authsignal.com"]);
  });
});

test.each(["127.0.0.1", "localhost"])("the network guard lets a connection to %s pass", async (host) => {
  const server = createServer((_, response) => response.end("here"));
  const { port, close } = await listen(server, { host });
  const answer = await fetch(`http://${host}:${port}/`);
  expect(await answer.text()).toBe("here");
  expect(guard.takeAttempts()).toEqual([]);
  await close();
});
