/** Run by `authsignal-emulator exec`: once with a person's browser, and once without. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, test } from "node:test";
import { chromium } from "playwright-core";
import { createApp } from "./app.mjs";

const {
  AUTHSIGNAL_API_SECRET_KEY: apiSecretKey,
  AUTHSIGNAL_API_URL: apiUrl,
  AUTHSIGNAL_EMULATOR_URL,
  CHROMIUM_PATH: executablePath,
} = process.env;

let server;
let browser;
const origin = () => `http://localhost:${server.address().port}`;
before(async () => {
  server = createApp({ apiSecretKey, apiUrl, origin }).listen(0, "localhost");
  await once(server, "listening");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});
after(async () => {
  await browser.close();
  server.close();
});
beforeEach(() => control("/reset", {}));

async function control(path, body) {
  const answer = await fetch(`${AUTHSIGNAL_EMULATOR_URL}/emulator${path}`, {
    method: body === undefined ? "GET" : "POST",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

/** Where the app sends the browser. */
async function redirectOf(path) {
  const answer = await fetch(`${origin()}${path}`, { redirect: "manual" });
  assert.equal(answer.status, 302);
  return answer.headers.get("location");
}

/** Opens the app's path, and reads the e-mail code on the emulator's page. */
async function withCode(page, path) {
  await page.goto(`${origin()}${path}`);
  assert.equal(new URL(page.url()).origin, AUTHSIGNAL_EMULATOR_URL);
  await page.getByRole("button", { name: "E-mail code" }).click();
  if (path.includes("email=")) await page.getByRole("button", { name: "Send code" }).click();
  const { code } = await control("/messages/latest?to=ada@example.com&wait=5000");
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Verify" }).click();
}

test("a person enrolls on the emulator's page, comes back, and is challenged the next time", async () => {
  const page = await browser.newPage();
  await withCode(page, "/sign-in?userId=ada&email=ada@example.com");
  await page.getByText("Welcome, ada").waitFor();
  await fetch(`${AUTHSIGNAL_EMULATOR_URL}/emulator/messages`, { method: "DELETE" });
  await withCode(page, "/sign-in?userId=ada");
  await page.getByText("Welcome, ada").waitFor();
  await page.close();
});

test("a person removes an authenticator on the settings page", async () => {
  const mailbox = { verificationMethod: "EMAIL_OTP", email: "ada@example.com" };
  await control("/seed", { users: [{ userId: "ada", authenticators: [mailbox] }] });
  const page = await browser.newPage();
  await withCode(page, "/settings?userId=ada");
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("Welcome, ada").waitFor();
  assert.match(await redirectOf("/sign-in?userId=ada"), /prebuilt/);
  await page.close();
});

test("one control operation completes the challenge without a browser", async () => {
  const url = await redirectOf("/sign-in?userId=bob&email=bob@example.com");
  assert.equal(new URL(url).origin, AUTHSIGNAL_EMULATOR_URL);
  const { redirectUrl } = await control("/challenges/complete", { url });
  const back = await fetch(redirectUrl);
  assert.deepEqual([back.status, await back.text()], [200, "Welcome, bob"]);
});

test("a token that no challenge was completed for signs nobody in", async () => {
  const url = await redirectOf("/sign-in?userId=carl&email=carl@example.com");
  const token = new URL(url).searchParams.get("token");
  assert.equal((await fetch(`${origin()}/callback?from=sign-in&token=${token}`)).status, 401);
});
