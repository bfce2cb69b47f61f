/** Proxies that are trusted by their addresses instead of their number. */
import express from "express";
import request from "supertest";
import { describe, expect, test } from "vitest";
import { loadProductionConfig } from "../../../server/config/config.ts";
import { isProxyNetwork, proxyTrust } from "../../../server/http/proxy-trust.ts";

/** Supertest's own connection comes from this machine. */
const proxies = ["loopback", "10.0.0.0/8", "192.0.2.9", "2001:db8:ffff::/48"];

async function addressOf(forwarded: string, trusted: readonly string[] = proxies): Promise<unknown> {
  const app = express().set("trust proxy", proxyTrust(trusted));
  app.get("/", (req, res) => void res.json({ ip: req.ip, secure: req.secure }));
  const sent = request(app).get("/").set("X-Forwarded-For", forwarded).set("X-Forwarded-Proto", "https");
  return (await sent.expect(200)).body;
}

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["203.0.113.7, 10.1.2.3", "203.0.113.7"],
  ["198.51.100.1, 203.0.113.7, 10.1.2.3, 10.4.5.6", "203.0.113.7"],
  ["203.0.113.7, 10.1.2.3:4711", "203.0.113.7"],
  ["203.0.113.7, [::ffff:10.1.2.3]:4711", "203.0.113.7"],
  ["203.0.113.7, 192.0.2.9", "203.0.113.7"],
  ["203.0.113.7, [2001:db8:ffff:1::1]:4711", "203.0.113.7"],
  ["203.0.113.7, 11.0.0.1, 10.1.2.3", "11.0.0.1"],
  ["203.0.113.7, unknown, 10.1.2.3", "unknown"],
])("With subnets of proxies, X-Forwarded-For %s is a request of %s", async (forwarded, client) => {
  expect(await addressOf(forwarded)).toEqual({ ip: client, secure: true });
});

test("A connection from outside the subnets is not believed a word of its headers", async () => {
  expect(await addressOf("203.0.113.7", ["10.0.0.0/8"])).toEqual({
    ip: expect.stringMatching(/127\.0\.0\.1$|^::1$/),
    secure: false,
  });
});

describe("a network of proxies", () => {
  test.each([
    "10.0.0.0/8",
    "10.1.2.3",
    "::1",
    "fd00::/8",
    "::ffff:10.1.2.3",
    "loopback",
    "linklocal",
    "uniquelocal",
  ])("%s is accepted as a network of proxies", (text) => {
    expect(isProxyNetwork(text)).toBe(true);
    expect(proxyTrust([text])).toBeTypeOf("function");
  });

  test.each([
    "",
    "true",
    "nginx",
    "10.0.0.0/0",
    "::/0",
    "10.0.0.0/33",
    "fd00::/129",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0/8",
    "toString",
  ])("%j is refused as a network of proxies", (text) => {
    expect(isProxyNetwork(text)).toBe(false);
    expect(() => proxyTrust([text])).toThrow(`"${text}" is no address or subnet`);
  });
});

test("TRUST_PROXY takes a number, or subnets with commas", () => {
  const required = {
    AUTHSIGNAL_TENANT_ID: "tenant",
    AUTHSIGNAL_API_SECRET_KEY: "a-secret",
    AUTHSIGNAL_API_URL: "https://eu.api.authsignal.com/v1",
    ORIGIN: "https://app.example.com",
    SESSION_SECRET: "s".repeat(32),
  };
  const trustOf = (text: string) => loadProductionConfig({ ...required, TRUST_PROXY: text }).trustProxy;
  expect(trustOf("2")).toBe(2);
  expect(trustOf(" 10.0.0.0/8 , loopback ")).toEqual(["10.0.0.0/8", "loopback"]);
});
