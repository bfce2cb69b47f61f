/** The whole app in a Vite project of somebody else: the guide's config, another prefix, another path, another brand. */
import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import express, { Router } from "express";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../kit/chromium.ts";
import { openPasskeyPage } from "../kit/passkey-page.ts";
import { button, heading } from "./app.ts";
import { newFolder, type PiecesHost, startHost } from "./pieces-host.ts";

const repository = `${import.meta.dirname}/../..`;
const readme = readFileSync(`${repository}/client/README.md`, "utf8");
const run = promisify(execFile);

let folder: string;
let host: PiecesHost;
let browser: Browser;
beforeAll(async () => {
  folder = newFolder("whole-app");
  await buildAs("Orchard");
  [host, browser] = await Promise.all([startHost(pagesBelow("/portal")), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await host?.close();
  rmSync(folder, { recursive: true });
});

/** The guide's steps: copy the folders, put the brand into its places, name the API's path, write the config. */
async function buildAs(brand: string): Promise<void> {
  for (const room of ["client", "shared", "tsconfig.base.json"])
    cpSync(`${repository}/${room}`, `${folder}/${room}`, { recursive: true });
  const words = readdirSync(`${folder}/client/words/languages`).map(
    (name) => `words/languages/${name}/first.ts`,
  );
  for (const file of ["index.html", "manifest.webmanifest", ...words]) {
    const path = `${folder}/client/${file}`;
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("Meadow", brand));
  }
  writeFileSync(`${folder}/client/main.ts`, snippetWith("startApp(root,"));
  writeFileSync(`${folder}/vite.config.ts`, snippetWith("defineConfig({"));
  writeFileSync(`${folder}/package.json`, JSON.stringify({ type: "module", private: true }));
  const vite = `${repository}/node_modules/vite/bin/vite.js`;
  await run(process.execPath, [vite, "build", "--logLevel", "warn"], { cwd: folder });
}

function snippetWith(mark: string): string {
  const snippet = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].find(([, text]) => text?.includes(mark))?.[1];
  if (snippet === undefined) throw new Error(`The guide has no snippet with "${mark}".`);
  return snippet;
}

/** As the guide says: every path of the app is answered with index.html. */
function pagesBelow(base: string): Router {
  const router = Router();
  router.use(base, express.static(`${folder}/dist`));
  router.get(`${base}/*path`, (_req, res) => void res.sendFile("index.html", { root: `${folder}/dist` }));
  return router;
}

test("the whole app with another prefix, path and brand signs people up and in, before a server with no optional part but codes", async () => {
  const { page, autofillArmed, pickFromAutofill, complaints } = await openPasskeyPage(browser);
  const pathname = () => new URL(page.url()).pathname;
  const email = host.kit.newAddress();
  await page.goto(`${host.origin}/portal/`);
  await heading(page, "Sign in to Orchard").waitFor();
  expect(pathname()).toBe("/portal/sign-in");
  expect(await page.title()).toBe("Sign in · Orchard");
  await page.getByLabel("Email address").fill(email);
  await button(page, "Continue").click();
  await page.getByLabel("Code", { exact: true }).fill(await host.kit.readCode(email));
  await button(page, "Continue").click();
  await button(page, "Create a passkey").click();
  await heading(page, "Your account").waitFor();
  expect(pathname()).toBe("/portal/account");
  for (const absent of ["Where you are signed in", "Recent activity", "Email address", "Delete account"])
    expect(await page.getByText(absent, { exact: true }).isVisible()).toBe(false);
  expect(await page.getByText("About passkeys", { exact: true }).isVisible()).toBe(true);
  await page.reload();
  await page.getByText(`Signed in as ${email}`).waitFor();
  await button(page, "Sign out").click();
  await heading(page, "Sign in to Orchard").waitFor();
  await autofillArmed();
  await pickFromAutofill();
  await page.getByText(`Signed in as ${email}`).waitFor();
  expect(await button(page, "Sign out").evaluate((element) => getComputedStyle(element).fontWeight)).toBe(
    "600",
  );
  const icon = page.locator(".masthead-logo");
  expect(await icon.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
});
