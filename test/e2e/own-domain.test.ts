/**
 * `npm run dev:https -- --domain example.com`: the production domain on this machine. The browser finds the domain by
 * a rule of its own instead of the hosts file, and trusts the certificate by a switch instead of the keychain.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../kit/chromium.ts";
import { freePort } from "../kit/listen.ts";
import { openPasskeyPage } from "../kit/passkey-page.ts";
import { button, heading } from "./app.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const domain = "example.com";
let folder: string;
let port: number;
let emulatorPort: number;
let server: ChildProcess;
let browser: Browser;
let output = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-domain-"));
  // Origin and certificate name the port, so it has to be known before anybody listens.
  [port, emulatorPort] = await Promise.all([freePort(), freePort()]);
  server = spawn(
    process.execPath,
    ["--import", "tsx", "server/local.ts", "--dev", "--https", "--domain", domain],
    {
      cwd: repository,
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        EMULATOR_PORT: String(emulatorPort),
        DATA_DIR: folder,
      },
    },
  );
  await said(/^App {7}https/m);
  browser = await launchChromium([
    `--host-resolver-rules=MAP ${domain} 127.0.0.1`,
    "--ignore-certificate-errors",
  ]);
});

afterAll(async () => {
  await browser?.close();
  if (server?.exitCode === null) {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
  await rm(folder, { recursive: true, force: true });
});

test("a passkey for the production domain is made and used on this machine", async () => {
  expect(output).toContain(`127.0.0.1 ${domain}`);
  const { page, authenticator, close } = await openPasskeyPage(browser);
  try {
    await page.goto(`https://${domain}:${port}`);
    await heading(page, "Sign in to Meadow").waitFor();
    await page.getByLabel("Email address").fill("ann@example.com");
    await button(page, "Continue").click();
    const code = page.getByLabel("Code", { exact: true });
    await code.waitFor();
    await code.fill(await readCode("ann@example.com"));
    await button(page, "Continue").click();
    await heading(page, "Create a passkey?").waitFor();
    await button(page, "Create a passkey").click();
    await heading(page, "Your account").waitFor();
    expect(await authenticator.countCredentials()).toBe(1);

    const cookies = await page.context().cookies();
    const session = cookies.find(({ name }) => name === "__Host-passkeys_session");
    expect(session).toMatchObject({ domain, secure: true, httpOnly: true });
    await button(page, "Sign out").click();
    await heading(page, "Sign in to Meadow").waitFor();
    await button(page, "Sign in with a passkey").click();
    await heading(page, "Your account").waitFor();
  } finally {
    await close();
  }
});

test("the domain speaks for itself, and Authsignal is on its origin", async () => {
  const { page, close } = await openPasskeyPage(browser);
  try {
    const origin = `https://${domain}:${port}`;
    await page.goto(origin);
    const read = (path: string) => page.evaluate(async (from) => (await fetch(from)).json(), path);
    expect(await read("/api/config")).toMatchObject({ rpId: domain, baseUrl: `${origin}/authsignal/v1` });
    const account = `${origin}/account`;
    expect(await read("/.well-known/passkey-endpoints")).toEqual({
      enroll: `${account}#add-passkey`,
      manage: account,
    });
  } finally {
    await close();
  }
});

/** Resolves when the server has printed this. */
async function said(pattern: RegExp): Promise<void> {
  const ended = once(server, "exit").then(() => {
    throw new Error(`The server ended:\n${output}`);
  });
  const spoken = new Promise<void>((resolve) => {
    const listen = (chunk: Buffer): void => {
      output += chunk.toString();
      if (pattern.test(output)) resolve();
    };
    server.stdout?.on("data", listen);
    server.stderr?.on("data", listen);
  });
  await Promise.race([spoken, ended]);
  ended.catch(() => "It ends with the suite.");
}

async function readCode(email: string): Promise<string> {
  const address = `http://localhost:${emulatorPort}/emulator/messages?to=${encodeURIComponent(email)}`;
  const messages: { code?: string }[] = await (await fetch(address)).json();
  return messages[0]?.code ?? "";
}
