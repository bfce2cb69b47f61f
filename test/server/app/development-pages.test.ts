/** What the development server hands out to a browser that asks for files by their path. */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { resolve } from "node:path";
import express from "express";
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { developmentPages } from "../../../server/app/development-pages.ts";
import { closeServer, listen } from "../../kit/listen.ts";

const repository = resolve(import.meta.dirname, "../../..");
/** A data folder where the default one is. */
const dataDir = `.data-${randomUUID()}`;
const secret = "a session secret that nobody may read";

let server: Server;
let url: string;
beforeAll(async () => {
  mkdirSync(`${repository}/${dataDir}`);
  writeFileSync(`${repository}/${dataDir}/session-secret`, secret);
  server = createServer();
  server.on("request", express().use(await developmentPages(server, null)));
  url = (await listen(server)).url;
});
afterAll(async () => {
  rmSync(`${repository}/${dataDir}`, { recursive: true });
  if (server !== undefined) await closeServer(server);
});

test.each([
  `/@fs${repository}/${dataDir}/session-secret`,
  `/@fs${repository}/${dataDir}/session-secret?raw`,
  `/@fs${repository}/${dataDir}/session-secret?import&raw??`,
  `/@fs${repository}/${dataDir}/session-secret?url&inline`,
  `/@fs/${repository}/client/../${dataDir}/session-secret?raw`,
  `/@fs${repository}/client/%2e%2e/${dataDir}/session-secret?raw`,
  `/../${dataDir}/session-secret?raw`,
  `/@fs${repository}/server/main.ts?raw`,
  `/@fs${repository}/package.json?raw`,
  `/@fs${repository}/package.json?import&raw`,
])("The development server does not hand out %s", async (path) => {
  const answer = await request(url).get(path).set("Accept", "*/*");
  expect(answer.text).not.toContain(secret);
  expect(answer.text).not.toMatch(/loadProductionConfig|"devDependencies/);
});

test.each(["/main.ts", `/@fs${repository}/shared/actions.ts`])(
  "The development server hands out %s, which the page needs",
  async (path) => {
    const answer = await request(url).get(path).set("Accept", "*/*").expect(200);
    expect(answer.headers["content-type"]).toMatch(/javascript/);
  },
);
