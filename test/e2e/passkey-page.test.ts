/** The kit's own browser page, on a bare page with a strict CSP: what the flows' tests rely on. */
import { createServer, type Server } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../kit/chromium.ts";
import { listen } from "../kit/listen.ts";
import { openPasskeyPage, type PasskeyPage } from "../kit/passkey-page.ts";

let browser: Browser;
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((_, response) => {
    response.setHeader(
      "Content-Security-Policy",
      "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>Bare</title><p>bare");
  });
  origin = (await listen(server)).url;
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function withPage(use: (opened: PasskeyPage) => Promise<void>): Promise<void> {
  const opened = await openPasskeyPage(browser);
  try {
    await opened.page.goto(origin);
    await use(opened);
  } finally {
    await opened.close();
  }
}

/** Runs in the page. */
async function createPasskey(): Promise<string | undefined> {
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: new Uint8Array(32),
      rp: { id: "localhost", name: "Bare" },
      user: { id: new Uint8Array([1]), name: "jane", displayName: "Jane" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      authenticatorSelection: { residentKey: "required" },
    },
  });
  return made?.id;
}

test("a passkey is made and used, without a complaint under a strict CSP", async () => {
  await withPage(async ({ page, authenticator, complaints }) => {
    const id = await page.evaluate(createPasskey);
    const used = await page.evaluate(async () => {
      const publicKey = { challenge: new Uint8Array(32), rpId: "localhost" };
      return (await navigator.credentials.get({ publicKey }))?.id;
    });
    expect(used).toBe(id);
    expect(await authenticator.countCredentials()).toBe(1);
    expect(complaints).toEqual([]);
  });
});

test("a conditional request waits until the passkey is picked", async () => {
  await withPage(async ({ page, autofillArmed, pickFromAutofill }) => {
    const id = await page.evaluate(createPasskey);
    const answer = page.evaluate(async () => {
      const publicKey = { challenge: new Uint8Array(32), rpId: "localhost" };
      return (await navigator.credentials.get({ publicKey, mediation: "conditional" }))?.id;
    });
    await autofillArmed();
    await pickFromAutofill();
    expect(await answer).toBe(id);
  });
});

test("a person who declines is a NotAllowedError", async () => {
  await withPage(async ({ page, authenticator }) => {
    await page.evaluate(createPasskey);
    await authenticator.setUserVerified(false);
    const refusal = page.evaluate(async () => {
      const publicKey = { challenge: new Uint8Array(32), userVerification: "required" as const };
      return navigator.credentials.get({ publicKey });
    });
    await expect(refusal).rejects.toThrow(/NotAllowedError/);
  });
});

test("a CSP violation is a complaint", async () => {
  await withPage(async ({ page, complaints }) => {
    await page.evaluate(() => {
      document.body.append(Object.assign(document.createElement("img"), { src: "/picture.png" }));
    });
    await expect.poll(() => complaints.join("\n")).toContain("CSP violation: img-src");
  });
});
