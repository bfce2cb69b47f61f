import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { type OperationName, routes } from "../../../shared/routes.ts";
import { api } from "../../kit/flows.ts";
import { cookiesIn, type Lab, startLab } from "../lab.ts";

let lab: Lab;
let cookie: string;
beforeAll(async () => {
  lab = await startLab();
  const { agent } = await lab.person();
  cookie = await cookiesIn(agent);
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

const sites = [undefined, "same-origin", "same-site", "cross-site", "none", "", "same-origin, cross-site"];

function origins(): [name: string, origin: string | undefined][] {
  const own = new URL(lab.origin);
  return [
    ["no origin", undefined],
    ["the app's origin", lab.origin],
    ["null", "null"],
    ["another site", "https://evil.example"],
    ["another port", `http://localhost:${Number(own.port) + 1}`],
    ["another scheme", `https://${own.host}`],
    ["a subdomain", `http://app.${own.host}`],
    ["a site that begins alike", `${lab.origin}.evil.example`],
    ["the origin with a path", `${lab.origin}/`],
    ["two origins", `${lab.origin}, https://evil.example`],
    ["an empty text", ""],
  ];
}

/** A body that is good, so that only the origin can be at fault. */
const bodies: Partial<Record<OperationName, object>> = {
  challengeOtp: { email: "not an address" },
  verifyOtp: { code: "123456" },
  beginEmailChange: { email: "not an address" },
  finishEmailChange: { code: "123456" },
  createEnrollToken: { unknown: true },
  validate: { token: "x", action: actions.managePasskeys },
  createStepUpToken: { action: "unknown" },
  renamePasskey: { name: "Phone" },
  answerPasskeyOffer: { answer: "ask-again" },
};

const unsafe = (Object.keys(routes) as OperationName[]).filter((name) => routes[name].method !== "GET");
const safe = (Object.keys(routes) as OperationName[]).filter((name) => routes[name].method === "GET");

function send(name: OperationName, site: string | undefined, origin: string | undefined) {
  const { method } = routes[name];
  const plain = request(lab.url);
  const path = api(name).replace(":id", "an-id");
  const verb = { GET: plain.get, POST: plain.post, PUT: plain.put, PATCH: plain.patch, DELETE: plain.delete };
  const asked = verb[method].call(plain, path);
  // What ends the session is asked for without the cookie, or the rows after it had none.
  if (name !== "deleteSession" && name !== "deleteAccount") asked.set("Cookie", cookie);
  if (site !== undefined) asked.set("Sec-Fetch-Site", site);
  if (origin !== undefined) asked.set("Origin", origin);
  return method === "GET" || method === "DELETE" ? asked : asked.send(bodies[name]);
}

describe("an unsafe request passes only if nothing says that another site made it", () => {
  test.each(unsafe.map((name) => [name]))(
    "%s is refused if a header says that another site sent it",
    async (name) => {
      const surprises: unknown[] = [];
      for (const site of sites) {
        for (const [origin, value] of origins()) {
          const answer = await send(name, site, value);
          const isRefused = answer.status === 403 && answer.body.code === "cross_site_request";
          const isOwn = site === undefined || site === "same-origin";
          const mayPass =
            value === undefined ? isOwn : value === lab.origin && (isOwn || site === "same-site");
          if (isRefused === mayPass) surprises.push({ site, origin, status: answer.status });
          expect(answer.status).not.toBe(500);
          expect(answer.headers.vary).toMatch(/Sec-Fetch-Site/);
          expect(answer.headers.vary).toMatch(/Origin/);
        }
      }
      expect(surprises).toEqual([]);
    },
  );
});

test("A refused cross-site request reaches neither Authsignal nor the session", async () => {
  const before = lab.line.calls().length;
  await request(lab.url)
    .post(api("challengeOtp"))
    .set("Origin", "https://evil.example")
    .send({ email: lab.newAddress() })
    .expect(403);
  await request(lab.url)
    .delete(api("deleteSession"))
    .set("Cookie", cookie)
    .set("Sec-Fetch-Site", "cross-site")
    .expect(403);
  expect(lab.line.calls().slice(before)).toEqual([]);
  const { body } = await request(lab.url).get(api("getSession")).set("Cookie", cookie).expect(200);
  expect(body.user).not.toBeNull();
});

describe("reading is not refused, and gives nothing to another site", () => {
  test.each(safe.map((name) => [name]))(
    "%s answers a cross-site request without CORS headers, so that the site cannot read it",
    async (name) => {
      const answer = await send(name, "cross-site", "https://evil.example");
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.headers).filter((header) => header.startsWith("access-control-"))).toEqual(
        [],
      );
    },
  );
});

test("No preflight of another site is granted", async () => {
  for (const name of unsafe) {
    const answer = await request(lab.url)
      .options(api(name).replace(":id", "an-id"))
      .set("Origin", "https://evil.example")
      .set("Access-Control-Request-Method", routes[name].method)
      .set("Access-Control-Request-Headers", "content-type");
    expect(answer.status).toBeLessThan(500);
    expect(Object.keys(answer.headers).filter((header) => header.startsWith("access-control-"))).toEqual([]);
  }
});

test("A form of another site, which needs no preflight, is also refused by its media type", async () => {
  for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]) {
    const answer = await request(lab.url)
      .post(api("challengeOtp"))
      .set("Content-Type", type)
      .send('{"email":"somebody@example.com"}');
    expect(answer.status).toBe(415);
  }
});
