/** An app that sends its people to track's `url`, in Chromium: the emulator's page challenges, enrolls and returns. */
import { createServer, type Server } from "node:http";
import { Authsignal } from "@authsignal/node";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { defaultTenant, type Emulator, startEmulator } from "../../server/emulator/index.ts";
import { launchChromium } from "../kit/chromium.ts";
import { closeServer, listen } from "../kit/listen.ts";

let browser: Browser;
let emulator: Emulator;
let authsignal: Authsignal;
let page: Page;
let appUrl = "";
const app: Server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/html" }).end("<h1>Back in the app</h1>");
});

beforeAll(async () => {
  [browser, emulator, { url: appUrl }] = await Promise.all([launchChromium(), startEmulator(), listen(app)]);
  authsignal = new Authsignal({ apiSecretKey: defaultTenant.secret, apiUrl: emulator.apiUrl, retries: 0 });
});
afterAll(async () => {
  await browser.close();
  await emulator.close();
  await closeServer(app);
});
beforeEach(async () => {
  page = await browser.newPage();
});
afterEach(() => page.close());

async function open(userId: string, attributes: object = {}): Promise<void> {
  const redirectUrl = `${appUrl}/callback`;
  const email = `${userId}@example.com`;
  const { url } = await authsignal.track({
    userId,
    action: "pay",
    attributes: { email, redirectUrl, ...attributes },
  });
  await page.goto(url);
}

async function enterCode(userId: string): Promise<void> {
  await page.getByLabel("Code").waitFor();
  const message = await emulator.waitForMessage({ to: `${userId}@example.com` });
  await page.getByLabel("Code").fill(message?.code ?? "");
  await page.getByRole("button", { name: "Verify" }).click();
}

/** The app's backend checks the token of the callback. */
async function validated(userId: string) {
  await page.getByText("Back in the app").waitFor();
  const token = new URL(page.url()).searchParams.get("token") ?? "";
  return authsignal.validateChallenge({ token, userId, action: "pay" });
}

test("a new user enrolls an e-mail address on the page and returns with a valid token", async () => {
  await open("ada");
  await page.getByRole("button", { name: "E-mail code" }).click();
  await page.getByRole("button", { name: "Send code" }).click();
  await enterCode("ada");
  expect(await validated("ada")).toMatchObject({ isValid: true, verificationMethod: "EMAIL_OTP" });
});

test("a new user enrolls by a link, which is followed elsewhere while the page waits", async () => {
  await open("el");
  await page.getByRole("button", { name: "E-mail link" }).click();
  await page.getByRole("button", { name: "Send link" }).click();
  await page.getByText("A link was sent.").waitFor();
  const message = await emulator.waitForMessage({ to: "el@example.com" });
  expect((await fetch(message?.link ?? "")).status).toBe(200);
  expect(await validated("el")).toMatchObject({ isValid: true, verificationMethod: "EMAIL_MAGIC_LINK" });
});

test("a new user enrolls a phone number by a text message", async () => {
  await open("tom");
  await page.getByRole("button", { name: "Text message" }).click();
  await page.getByLabel("Phone number").fill("+64211234567");
  await page.getByRole("button", { name: "Send code" }).click();
  await page.getByLabel("Code").waitFor();
  const message = await emulator.waitForMessage({ to: "+64211234567" });
  await page.getByLabel("Code").fill(message?.code ?? "");
  await page.getByRole("button", { name: "Verify" }).click();
  expect(await validated("tom")).toMatchObject({ isValid: true, verificationMethod: "SMS" });
});

test("a wrong code is named, and the right one works afterwards", async () => {
  emulator.seed({
    users: [{ userId: "bo", authenticators: [{ verificationMethod: "EMAIL_OTP", email: "bo@example.com" }] }],
  });
  await open("bo");
  await page.getByRole("button", { name: "E-mail code" }).click();
  await page.getByLabel("Code").fill("x");
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("The code is wrong or has expired.").waitFor();
  await enterCode("bo");
  expect(await validated("bo")).toMatchObject({ isValid: true });
});

test("a user creates a passkey on the page, verifies with it, and removes it in the settings", async () => {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await open("cy");
  await page.getByRole("button", { name: "Passkey" }).click();
  expect(await validated("cy")).toMatchObject({ isValid: true, verificationMethod: "PASSKEY" });

  await open("cy", { redirectToSettings: true });
  await page.getByRole("button", { name: "Passkey" }).click();
  await page.getByRole("heading", { name: "Your authenticators" }).waitFor();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Done" }).click();
  expect(await validated("cy")).toMatchObject({ isValid: true });
  expect(await authsignal.getUser({ userId: "cy" })).toMatchObject({ isEnrolled: false });
});

test("in a frame of the app, the page tells the app the token as the SDK expects it", async () => {
  await page.goto(appUrl);
  const { url } = await authsignal.track({
    userId: "di",
    action: "pay",
    attributes: { email: "di@example.com" },
  });
  await page.evaluate((source) => {
    window.addEventListener("message", ({ data }) => {
      document.title = data;
    });
    const frame = document.createElement("iframe");
    frame.src = source;
    document.body.append(frame);
  }, `${url}&mode=popup`);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("button", { name: "E-mail code" }).click();
  await frame.getByRole("button", { name: "Send code" }).click();
  await frame.getByLabel("Code").waitFor();
  const message = await emulator.waitForMessage({ to: "di@example.com" });
  await frame.getByLabel("Code").fill(message?.code ?? "");
  await frame.getByRole("button", { name: "Verify" }).click();
  await expect.poll(() => page.title()).toContain("AUTHSIGNAL_CLOSE_POPUP");
  const { token } = JSON.parse(await page.title());
  expect(await authsignal.validateChallenge({ token, userId: "di" })).toMatchObject({ isValid: true });
});
