// @vitest-environment node
/** A page without cookies: what it sends with each request, and which tokens it keeps. */
import express from "express";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createBearerFetch } from "../../client/http/bearer.ts";
import { siteAt } from "../../client/pieces/site.ts";
import { type Listening, listen } from "../kit/listen.ts";

let host: Listening;
let seen: { readonly authorization?: string | undefined; readonly code?: string | undefined }[] = [];
let kept: (string | null)[] = [];
beforeAll(async () => {
  const app = express();
  app.use((req, _res, next) => {
    seen.push({ authorization: req.get("Authorization"), code: req.get("Code-Token") });
    next();
  });
  app.post("/header", (_req, res) => void res.set("Session-Token", "t1").json({ tokens: 1 }));
  app.post("/end", (_req, res) => void res.set("Session-Token", "").status(204).end());
  app.post("/body", (_req, res) => void res.json({ tokens: { accessToken: "t2" } }));
  app.post("/code", (_req, res) => void res.set("Code-Token", "c1").json([]));
  app.post("/text", (_req, res) => void res.send("tokens"));
  host = await listen(app);
});
afterAll(() => host.close());
beforeEach(() => {
  seen = [];
  kept = [];
});

function newFetch(tokenIn?: (body: { tokens?: { accessToken?: string } }) => string | undefined) {
  return createBearerFetch({
    token: () => kept.at(-1) ?? null,
    keepToken: (token) => void kept.push(token),
    ...(tokenIn !== undefined && { tokenIn }),
  });
}
const post = (send: typeof fetch, path: string) => send(host.url + path, { method: "POST" });

test("a page without cookies sends the token that the last answer brought, until the session has ended", async () => {
  const send = newFetch();
  for (const path of ["/header", "/end", "/text"]) await post(send, path);
  expect(kept).toEqual(["t1", null]);
  expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, "Bearer t1", undefined]);
});

test("a page without cookies finds a JWT in the body, and leaves the body to its caller", async () => {
  const send = newFetch(({ tokens }) => tokens?.accessToken);
  const answer = await post(send, "/body");
  expect(await answer.json()).toEqual({ tokens: { accessToken: "t2" } });
  await post(send, "/text");
  expect(kept).toEqual(["t2"]);
  expect(seen[1]?.authorization).toBe("Bearer t2");
});

test("a page without cookies sends back the header that names its e-mail code", async () => {
  const send = newFetch();
  await post(send, "/code");
  await post(send, "/text");
  expect(seen.map(({ code }) => code)).toEqual([undefined, "c1"]);
  expect(kept).toEqual([]);
});

test("a page that keeps the token of its e-mail code sends it after a reload too", async () => {
  let code: string | null = null;
  const options = {
    token: () => null,
    keepToken: () => {},
    code: () => code,
    keepCode: (given: string) => {
      code = given;
    },
  };
  await post(createBearerFetch(options), "/code");
  await post(createBearerFetch(options), "/text");
  expect(seen.map((one) => one.code)).toEqual([undefined, "c1"]);
});

test("pieces take what their page has said of the API, and options that come too late are refused", () => {
  const send = newFetch();
  const site = siteAt("https://api.example.com/auth", { send });
  expect(siteAt("https://api.example.com/auth")).toBe(site);
  expect(siteAt("https://api.example.com/auth", { send })).toBe(site);
  expect(() => siteAt("https://api.example.com/auth", { credentials: "include" })).toThrow(
    'siteAt("https://api.example.com/auth") has no effect here: call it before the first piece.',
  );
});
