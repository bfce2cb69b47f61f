/** What the addresses of Redis mean; what is refused is among the options of the storage. */
import { expect, test } from "vitest";
import { readRedisAddress } from "../../../server/http/options/redis-address.ts";

test("An address of one server stays as it is", () => {
  for (const url of ["redis://localhost:6379", "rediss://user:p%40ss@cache/3"])
    expect(readRedisAddress(url)).toEqual({ kind: "server", url });
});

test("An address of Sentinel has nodes, ports, logins, a group and a database", () => {
  const url = "rediss-sentinel://app:p%40ss%2F@a,b:26380,[::1]:26381/2?master=main&sentinelPassword=s%26";
  expect(readRedisAddress(url)).toEqual({
    kind: "sentinel",
    tls: true,
    nodes: [
      { host: "a", port: 26379 },
      { host: "b", port: 26380 },
      { host: "::1", port: 26381 },
    ],
    login: { username: "app", password: "p@ss/" },
    sentinelLogin: { password: "s&" },
    master: "main",
    database: 2,
  });
});

test("An address of a Cluster has nodes and a login", () => {
  expect(readRedisAddress("redis-cluster://:100%@a:7000,b")).toEqual({
    kind: "cluster",
    tls: false,
    nodes: [
      { host: "a", port: 7000 },
      { host: "b", port: 6379 },
    ],
    login: { password: "100%" },
  });
});
