/** The pieces under webpack and in React, from the package and from copied sources, in Chromium. */
import express from "express";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type PiecesHost, startHost } from "../e2e/pieces-host.ts";
import { launchChromium } from "../kit/chromium.ts";
import { openPasskeyPage } from "../kit/passkey-page.ts";
import { createProject, type Project } from "./project.ts";

const packed = inject("packed");
const copyCommand = "node_modules/authsignal-passkeys-express/dist/esm/server/command.js";

let browser: Browser;
const projects: Project[] = [];
const hosts: PiecesHost[] = [];
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  for (const host of hosts) await host.close();
  for (const project of projects) await project.remove();
});

async function serve({ folder }: Project): Promise<PiecesHost> {
  const pages = express.Router().use(express.static(folder), express.static(`${folder}/public`));
  const host = await startHost(pages);
  hosts.push(host);
  return host;
}

/** A person creates a passkey on the page, and signs in with it by the button and from the field. */
async function use(host: PiecesHost) {
  const one = await openPasskeyPage(browser);
  const { page } = one;
  const email = host.kit.newAddress();
  const post = (path: string, data: object) =>
    page.request.post(`${host.origin}/auth${path}`, { data, headers: { Origin: host.origin } });
  await post("/otp/challenge", { email });
  await post("/otp/verify", { code: await host.kit.readCode(email) });
  await page.goto(`${host.origin}/?account`);
  await page.getByRole("button", { name: "Add a passkey here" }).click();
  await page.getByText("Passkey created.").waitFor();
  await page.context().clearCookies();
  await page.goto(host.origin);
  await one.autofillArmed();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByText(`Signed in as ${email}`).waitFor();
  await page.context().clearCookies();
  await page.reload();
  await one.autofillArmed();
  await one.pickFromAutofill();
  await page.getByText(`Signed in as ${email}`).waitFor();
  return one;
}

test("webpack bundles the packed pieces without a setting, and they work in a browser", async () => {
  const project = await createProject(packed, {
    from: ["test/consumer/projects/webpack"],
    dependencies: ["webpack", "@authsignal/browser"],
    packages: ["router"],
  });
  projects.push(project);
  await project.run("node", "build.mjs");
  expect(await project.read("public/bundle.js")).not.toContain("ZodError");
  await use(await serve(project));
});

test("the copied pieces work in React with StrictMode, which mounts each of them twice, under webpack", async () => {
  const project = await createProject(packed, {
    from: ["test/consumer/projects/react"],
    dependencies: ["webpack", "esbuild", "react", "react-dom", "@authsignal/browser"],
    packages: ["router"],
  });
  projects.push(project);
  const names = ["autofill", "button", "enrollment", "list"];
  await project.run("node", copyCommand, "copy", ...names, "--to", "src/passkeys");
  await project.run("node", "build.mjs");
  const { page } = await use(await serve(project));
  await page.goto(`${page.url()}?account`);
  // One list, although it was mounted, ended and mounted again.
  await page.getByRole("button", { name: /^Rename/ }).waitFor();
  expect(await page.getByRole("listitem").count()).toBe(1);
});
