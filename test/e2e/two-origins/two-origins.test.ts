/** A page and its API on two origins of one site, in a browser: with cookies, and with tokens. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../../kit/chromium.ts";
import { openPasskeyPage, type PasskeyPage } from "../../kit/passkey-page.ts";
import { button } from "../app.ts";
import { type Hosts, startTwoOrigins, type TwoOrigins } from "./two-origins.ts";

const ports = { scheme: "http", page: "localhost", stranger: "localhost", api: "localhost" } as const;
const domains = {
  scheme: "https",
  page: "app.example.test",
  stranger: "other.example.test",
  api: "api.example.test",
} as const;

let browser: Browser;
let host: TwoOrigins | undefined;
const opened: PasskeyPage[] = [];
beforeAll(async () => {
  browser = await launchChromium([
    "--host-resolver-rules=MAP *.example.test 127.0.0.1",
    "--ignore-certificate-errors",
  ]);
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await host?.close();
  host = undefined;
});
afterAll(async () => {
  await browser?.close();
});

async function open(at: string): Promise<PasskeyPage> {
  const one = await openPasskeyPage(browser);
  opened.push(one);
  await one.page.goto(at);
  return one;
}

function said(page: Page): Promise<string> {
  return page.getByRole("status").innerText();
}

const cases: readonly (readonly [string, Hosts])[] = [
  ["two ports of localhost with cookies", { ...ports, rpId: "localhost", tokens: "cookies" }],
  ["two ports of localhost with tokens", { ...ports, rpId: "localhost", tokens: "bearer" }],
  ["two hosts of a domain with cookies", { ...domains, rpId: "example.test", tokens: "cookies" }],
  ["two hosts of a domain with tokens", { ...domains, rpId: "example.test", tokens: "bearer" }],
];

test.each(cases)(
  "page and API on %s: a person creates a passkey, comes back with it and confirms a transfer",
  async (_, hosts) => {
    host = await startTwoOrigins(hosts);
    const { page, authenticator } = await open(host.page);
    const email = host.kit.newAddress();
    await page.getByLabel("Email").fill(email);
    await button(page, "Send").click();
    await expect.poll(() => said(page)).toBe("sent");
    await page.getByLabel("Code").fill(await host.kit.readCode(email));
    await button(page, "Verify").click();
    await expect.poll(() => said(page)).toBe(`signed in as ${email}`);
    await button(page, "Create").click();
    await expect.poll(() => authenticator.countCredentials()).toBe(1);
    await expect.poll(() => said(page)).toMatch(/created/i);

    await button(page, "Sign out").click();
    await expect.poll(() => said(page)).toBe("signed out");
    await button(page, "Transfer").click();
    await expect.poll(() => said(page)).toBe("transfer 401");
    await button(page, "Sign in").click();
    await expect.poll(() => said(page)).toBe(`back as ${email}`);
    await button(page, "Transfer").click();
    await page.getByRole("dialog").getByRole("button").first().click();
    await expect.poll(() => said(page)).toBe("transfer 201");

    const names = (await page.context().cookies())
      .map(({ name }) => name)
      .filter((name) => name.endsWith("_session"));
    expect(names).toEqual(
      hosts.tokens === "bearer"
        ? []
        : [hosts.scheme === "https" ? "__Host-passkeys_session" : "passkeys_session"],
    );
  },
);

test("a page of the same site that CORS lets in and `origins` does not list is refused, and the log names it", async () => {
  host = await startTwoOrigins({ ...domains, rpId: "example.test", tokens: "cookies" });
  const { page } = await open(host.stranger);
  await page.getByLabel("Email").fill(host.kit.newAddress());
  await button(page, "Send").click();
  await expect.poll(() => said(page)).toBe("failed: cross_site_request");
  expect(JSON.stringify(host.lines)).toContain(new URL(host.stranger).origin);
});
