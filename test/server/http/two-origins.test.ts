/** Which combinations of Sec-Fetch-Site and Origin pass, when page and API have an origin each. */
import express from "express";
import request from "supertest";
import { expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import { requireSameOrigin, type SameOriginPolicy } from "../../../server/http/same-origin.ts";

const app = "https://app.example.com";
const partner = "https://partner.example";
const unlisted = "https://blog.example.com";

async function post(policy: SameOriginPolicy, site: string | undefined, origin: string | undefined) {
  const lines: object[] = [];
  const api = express();
  api.use(requireSameOrigin([app], policy));
  api.post("/", (_req, res) => {
    res.sendStatus(204);
  });
  api.use(createErrorHandler({ error: (line) => lines.push(line), warn: (line) => lines.push(line) }));
  const asked = request(api).post("/");
  if (site !== undefined) asked.set("Sec-Fetch-Site", site);
  if (origin !== undefined) asked.set("Origin", origin);
  return { answer: await asked, lines };
}

const sites = [undefined, "same-origin", "same-site", "cross-site", "none"] as const;
type Row = [origin: string | undefined, passing: readonly (string | undefined)[]];

async function passingSites(policy: SameOriginPolicy, origin: string | undefined) {
  const passing: (string | undefined)[] = [];
  for (const site of sites) {
    if ((await post(policy, site, origin)).answer.status === 204) passing.push(site);
  }
  return passing;
}

const ambient: Row[] = [
  [undefined, [undefined, "same-origin"]],
  [app, [undefined, "same-origin", "same-site"]],
  [unlisted, []],
  [partner, []],
  ["null", []],
];
test.each(ambient)(
  "with a cookie, a request from origin %s passes for the sites %j",
  async (origin, passing) => {
    expect(await passingSites({}, origin)).toEqual(passing);
  },
);

const bearer: Row[] = [
  [undefined, [undefined, "same-origin"]],
  [app, [...sites]],
  [unlisted, []],
];
test.each(bearer)(
  "with a session that browsers do not attach, a request from origin %s passes for the sites %j",
  async (origin, passing) => {
    expect(await passingSites({ isAmbient: false }, origin)).toEqual(passing);
  },
);

const named: Row[] = [
  [partner, [...sites]],
  [app, [undefined, "same-origin", "same-site"]],
  [unlisted, []],
  [undefined, [undefined, "same-origin"]],
];
test.each(named)(
  "with another site named in crossSiteOrigins, a request from origin %s passes for the sites %j",
  async (origin, passing) => {
    expect(await passingSites({ crossSiteOrigins: [partner] }, origin)).toEqual(passing);
  },
);

test.each([
  ["same-site", unlisted, "`origins`"],
  ["cross-site", partner, "`crossSiteOrigins`"],
])("the log of a refused %s request from %s names both and the option %s", async (site, origin, option) => {
  const { answer, lines } = await post({}, site, origin);
  expect(lines).toHaveLength(1);
  const line = JSON.stringify(lines[0]);
  for (const part of [site, origin, option]) expect(line).toContain(part);
  expect(answer.status).toBe(403);
  expect(answer.text).not.toContain(origin);
  expect(answer.text).not.toContain("rigins");
});
