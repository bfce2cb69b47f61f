import express from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networkOf } from "../../../server/http/network-address.ts";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { type Lab, setCookies, startLab } from "../lab.ts";

/** Asks for codes for one address until it is told to wait, each time with another forged header. */
async function sendsUntilLimited(lab: Lab, forwarded: (round: number) => string): Promise<number> {
  const email = lab.newAddress();
  for (let round = 0; round < 12; round += 1) {
    const answer = await request(lab.url)
      .post(api("challengeOtp"))
      .set("X-Forwarded-For", forwarded(round))
      .set("X-Real-IP", `10.9.9.${round}`)
      .set("Forwarded", `for=10.9.9.${round}`)
      .set("Client-IP", `10.9.9.${round}`)
      .send({ email });
    if (answer.status === 429) return round;
    expect(answer.status).toBe(202);
  }
  return 12;
}

describe("without a proxy", () => {
  test("Without a proxy a forged X-Forwarded-For is ignored: the sixth code for one address is refused", async () => {
    const lab = await startLab({ trustProxy: 0 });
    try {
      expect(await sendsUntilLimited(lab, (round) => `198.51.100.${round}`)).toBe(5);
      expect(lab.leaks()).toEqual([]);
    } finally {
      await lab.close();
    }
  });

  test("Without a proxy a forged X-Forwarded-Proto is ignored: an https origin gets no session cookie", async () => {
    const lab = await startLab({ trustProxy: 0, origin: "https://app.example.com" });
    try {
      const answer = await request(lab.url)
        .post(api("challengeOtp"))
        .set("X-Forwarded-Proto", "https")
        .send({ email: lab.newAddress() })
        .expect(500);
      expect(setCookies(answer)).toEqual([]);
    } finally {
      await lab.close();
    }
  });
});

describe("behind one proxy", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ trustProxy: 1 });
  });
  afterAll(async () => {
    expect(lab.leaks()).toEqual([]);
    await lab.close();
  });

  test("Behind one proxy only the address that the proxy appends counts, not the client's text before it", async () => {
    expect(await sendsUntilLimited(lab, (round) => `198.51.100.${round}, 203.0.113.9`)).toBe(5);
    expect(await sendsUntilLimited(lab, (round) => `198.51.100.${round}`)).toBe(12);
  });

  test.each([
    ["no address", "unknown"],
    ["an empty text", ""],
    ["commas", ",,,"],
    ["an address with a port", "203.0.113.9:4711"],
    ["an IPv6 address in brackets", "[2001:db8::1]:4711"],
    ["an IPv6 address with a zone", "fe80::1%eth0"],
    ["an IPv4-mapped IPv6 address", "::ffff:203.0.113.9"],
    ["the shortest IPv6 address", "::"],
    ["too many colons", "1:2:3:4:5:6:7:8:9"],
    ["a very long text", "x".repeat(6000)],
    ["text outside ASCII", "\u00e9\u00e9"],
  ])("A forwarded address of %s does not cause a 500", async (_, forwarded) => {
    await request(lab.url)
      .post(api("challengeOtp"))
      .set("X-Forwarded-For", forwarded)
      .send({ email: lab.newAddress() })
      .expect(202);
    await request(lab.url)
      .post(api("validate"))
      .set("X-Forwarded-For", forwarded)
      .send({ token: "x", action: actions.signInWithPasskey })
      .expect(401);
  });
});

describe("the place that a forwarded address counts as", () => {
  async function placeOf(forwarded: string): Promise<string> {
    const app = express().set("trust proxy", 1);
    app.get("/", (req, res) => void res.json(networkOf(req)));
    const answer = await request(app).get("/").set("X-Forwarded-For", forwarded).expect(200);
    return answer.body;
  }

  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["192.0.2.7:4711", "192.0.2.7"],
    ["192.0.2.7:", "192.0.2.7"],
    ["[192.0.2.7]:4711", "192.0.2.7"],
    ['"192.0.2.7:4711"', "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["[::ffff:192.0.2.7]:4711", "192.0.2.7"],
    ["::FFFF:C000:207", "192.0.2.7"],
    ["2001:db8:1:2::7", "2001:db8:1::/56"],
    ["2001:0DB8:1:2:ffff::9", "2001:db8:1::/56"],
    ["[2001:db8:1:2::7]", "2001:db8:1::/56"],
    ["[2001:db8:1:2::7]:4711", "2001:db8:1::/56"],
    ['"[2001:db8:1:2::7]:4711"', "2001:db8:1::/56"],
    ["fe80::1%eth0", "fe80::/56"],
    ["[fe80::1%25eth0]:4711", "fe80::/56"],
  ])("%s counts as the place %s", async (forwarded, place) => {
    expect(await placeOf(forwarded)).toBe(place);
  });

  test.each([
    "unknown",
    "_hidden",
    "for=192.0.2.7",
    "192.0.2",
    "127.1",
    "7",
    "3221225991",
    "0xc0000207",
    "0300.0.2.7",
    "192.0.2.256",
    "192.0.2.7.1",
    "192.0.2.7/24",
    "192.0.2.7%eth0",
    "[192.0.2.7",
    "192.0.2.7]",
    "[]",
    "[]:80",
    "[%25]",
    "[[::1]]",
    "1:2:3:4:5:6:7:8:9",
    "2001:db8::1::2",
    "2001:db8::g",
    "localhost",
    "<script>",
    "%",
    "x".repeat(6000),
  ])("%s is no address, and counts as the one unknown place", async (forwarded) => {
    expect(await placeOf(forwarded)).toBe("unknown");
  });
});
